"""What the demo store sells: three kinds of things, some few, one sold out.

`slug` is also the name of the product's picture. Prices are centavos with IVA contained; roasted coffee carries the
0 % rate of food (LIVA art. 2-A fracción I inciso b), everything else 16 %. Warranties are in days, never below the 90
that LFPC art. 77 asks for. SAT keys are of the catalogues c_ClaveProdServ and c_ClaveUnidad (CFDI 4.0, Anexo 20).
"""

from dataclasses import dataclass

COFFEE = "Café"
EQUIPMENT = "Equipo"
HOME = "Hogar"

KINDS = (COFFEE, EQUIPMENT, HOME)

ROASTED_COFFEE = "50201706"
COFFEE_MAKER = "52141526"
KITCHEN_TOOL = "52151600"
CUP = "52152101"
TABLEWARE = "52152000"
TABLE_LINEN = "52121600"
PIECE = "H87"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    """One product of the demo store, as the owner would type it."""

    sku: str
    slug: str
    name: str
    kind: str
    summary: str
    price_centavos: int
    stock: int
    warranty_days: int
    lead_days_min: int
    lead_days_max: int
    sat_product_key: str
    sat_unit_key: str = PIECE
    iva_bp: int = 1600

    @property
    def picture(self) -> str:
        """Say the name of the product's picture, without folder nor extension."""
        return self.slug


def _coffee(number: int, slug: str, name: str, summary: str, price: int, stock: int) -> DemoProduct:
    return DemoProduct(
        sku=f"CAF-{number:02d}",
        slug=slug,
        name=name,
        kind=COFFEE,
        summary=summary,
        price_centavos=price,
        stock=stock,
        warranty_days=90,
        lead_days_min=2,
        lead_days_max=4,
        sat_product_key=ROASTED_COFFEE,
        iva_bp=0,
    )


def _equipment(
    number: int,
    slug: str,
    name: str,
    summary: str,
    price: int,
    stock: int,
    warranty: int,
    lead: tuple[int, int] = (2, 4),
    key: str = COFFEE_MAKER,
) -> DemoProduct:
    return DemoProduct(
        sku=f"EQU-{number:02d}",
        slug=slug,
        name=name,
        kind=EQUIPMENT,
        summary=summary,
        price_centavos=price,
        stock=stock,
        warranty_days=warranty,
        lead_days_min=lead[0],
        lead_days_max=lead[1],
        sat_product_key=key,
    )


def _home(
    number: int,
    slug: str,
    name: str,
    summary: str,
    price: int,
    stock: int,
    key: str,
    lead: tuple[int, int] = (2, 4),
) -> DemoProduct:
    return DemoProduct(
        sku=f"HOG-{number:02d}",
        slug=slug,
        name=name,
        kind=HOME,
        summary=summary,
        price_centavos=price,
        stock=stock,
        warranty_days=90,
        lead_days_min=lead[0],
        lead_days_max=lead[1],
        sat_product_key=key,
    )


PRODUCTS: tuple[DemoProduct, ...] = (
    _equipment(
        1,
        "maquina-espresso-lumbre",
        "Máquina de espresso Lumbre 15 bar",
        "Bomba de 15 bar, vaporizador de acero y portafiltro de 51 mm. Lista en 40 segundos.",
        649_600,
        14,
        730,
    ),
    _equipment(
        2,
        "molino-manual-xico",
        "Molino manual Xico 38 mm",
        "Muelas cónicas de acero de 38 mm y 30 ajustes, de turco a prensa.",
        191_400,
        32,
        365,
        key=KITCHEN_TOOL,
    ),
    _equipment(
        3,
        "tetera-cofre",
        "Tetera cuello de ganso Cofre 1 L",
        "Vertido fino y termómetro a la vista. Para gas, parrilla eléctrica e inducción.",
        174_800,
        3,
        365,
        (3, 5),
        KITCHEN_TOOL,
    ),
    _equipment(
        4,
        "kit-goteo-perote",
        "Kit de goteo Perote para 4 tazas",
        "Cono de cerámica, jarra de vidrio, cuchara medidora y cien filtros.",
        98_600,
        21,
        180,
        key=KITCHEN_TOOL,
    ),
    _equipment(
        5,
        "prensa-naolinco",
        "Prensa francesa Naolinco 800 ml",
        "Doble pared de acero: el café llega caliente a la segunda taza.",
        110_200,
        18,
        365,
        key=KITCHEN_TOOL,
    ),
    _equipment(
        6,
        "moka-orizaba",
        "Cafetera moka Orizaba, 6 tazas",
        "Aluminio pulido y mango de encino. Café fuerte en cinco minutos.",
        87_000,
        5,
        730,
    ),
    _equipment(
        7,
        "bascula-gramo",
        "Báscula con temporizador Gramo",
        "Precisión de 0.1 g, temporizador y batería recargable para 30 horas.",
        127_600,
        0,
        365,
        (4, 8),
        KITCHEN_TOOL,
    ),
    _equipment(
        8,
        "molino-electrico-acultzingo",
        "Molino eléctrico Acultzingo 54 mm",
        "Muelas planas de 54 mm, 60 ajustes y tolva de 300 g. Silencioso.",
        489_000,
        9,
        730,
        (3, 5),
    ),
    _equipment(
        9,
        "jarra-vaporizar-zongolica",
        "Jarra para vaporizar Zongolica 350 ml",
        "Acero inoxidable con pico de precisión para arte latte.",
        48_900,
        40,
        365,
        key=KITCHEN_TOOL,
    ),
    _equipment(
        10,
        "cafetera-frio-tajin",
        "Cafetera de extracción en frío Tajín 1 L",
        "Filtro de malla fina y vidrio de borosilicato. Doce horas y está.",
        76_500,
        16,
        180,
        key=KITCHEN_TOOL,
    ),
    _coffee(
        1,
        "cafe-coatepec-lavado",
        "Café de Coatepec lavado, 1 kg",
        "Grano de altura, tueste medio. Panela, naranja y nuez.",
        42_000,
        120,
    ),
    _coffee(
        2,
        "cafe-huatusco-miel",
        "Café de Huatusco proceso miel, 500 g",
        "Secado con su mucílago: cuerpo sedoso, durazno y caramelo.",
        28_500,
        64,
    ),
    _coffee(
        3,
        "cafe-pluma-natural",
        "Café Pluma Hidalgo natural, 500 g",
        "De Oaxaca, secado al sol con todo y fruto. Fresa, cacao y piloncillo.",
        31_500,
        38,
    ),
    _coffee(
        4,
        "cafe-jaltenango-organico",
        "Café de Jaltenango orgánico, 1 kg",
        "De la Sierra Madre de Chiapas, bajo sombra. Chocolate y almendra.",
        46_500,
        52,
    ),
    _coffee(
        5,
        "cafe-descafeinado-sierra",
        "Café descafeinado de montaña, 500 g",
        "Descafeinado con agua, sin solventes. Dulce y limpio.",
        29_800,
        27,
    ),
    _coffee(
        6,
        "cafe-espresso-cumbre",
        "Mezcla para espresso Cumbre, 1 kg",
        "Veracruz y Chiapas, tueste medio oscuro. Crema densa y final largo.",
        44_000,
        85,
    ),
    _coffee(
        7,
        "cafe-geisha-microlote",
        "Geisha de Coatepec, microlote 250 g",
        "Cosecha de una sola parcela. Jazmín, bergamota y miel.",
        68_000,
        4,
    ),
    _coffee(
        8,
        "cafe-olla-especias",
        "Café de olla con canela y piloncillo, 500 g",
        "Molido grueso con canela entera. Listo para la olla de barro.",
        19_500,
        70,
    ),
    _home(
        1,
        "taza-barro-esmaltado",
        "Taza de barro esmaltado, 240 ml",
        "Torneada a mano, esmalte sin plomo. Apta para microondas.",
        29_000,
        60,
        CUP,
    ),
    _home(
        2,
        "juego-tazas-espresso",
        "Juego de 4 tazas para espresso",
        "Barro de alta temperatura, 80 ml, con su plato.",
        78_000,
        22,
        CUP,
        (3, 5),
    ),
    _home(
        3,
        "olla-barro-cafe",
        "Olla de barro para café, 2 L",
        "Barro bruñido de Los Reyes Metzontla, curada y sin plomo.",
        64_000,
        12,
        TABLEWARE,
        (3, 6),
    ),
    _home(
        4,
        "jarra-barro-negro",
        "Jarra de barro negro, 1.5 L",
        "Barro negro de San Bartolo Coyotepec, para agua y para lucirla.",
        89_000,
        2,
        TABLEWARE,
        (4, 7),
    ),
    _home(
        5,
        "plato-postre-talavera",
        "Plato de postre azul, 18 cm",
        "Pintado a mano con azul cobalto. Apto para lavavajillas.",
        34_500,
        45,
        TABLEWARE,
    ),
    _home(
        6,
        "azucarera-barro",
        "Azucarera de barro con cuchara",
        "Tapa ajustada y cuchara de madera de naranjo.",
        26_000,
        30,
        TABLEWARE,
    ),
    _home(
        7,
        "charola-parota",
        "Charola de parota para dos tazas",
        "Madera de parota con cera de abeja. 38 × 22 cm.",
        52_000,
        17,
        TABLEWARE,
        (3, 5),
    ),
    _home(
        8,
        "mantel-individual-telar",
        "Juego de 2 manteles de telar",
        "Algodón tejido en telar de pedal, teñido con añil.",
        38_000,
        26,
        TABLE_LINEN,
        (3, 5),
    ),
)
