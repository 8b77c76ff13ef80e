"""How people in Mexico say what the assistant understands. Patterns over `spelled` sentences; nothing here decides."""

from __future__ import annotations

import re
from typing import Final

from seguripago.values.steps import Preference

from .moves import Detail, Intent


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(alternatives) + r")\b")


_LINK: Final = r"(?:link|liga|enlace|vinculo)"
_PAID: Final = r"(?:pago|pagos|transferencia|deposito|dinero|spei)"

# What is said of one thing and only sounds like another: taken out before the pattern of the other looks.
HIDES: Final = {
    Intent.DELIVERY: re.compile(
        r"\b(?:llega\w*|llego|llegado|mandan?|envian?|mando)(?: \w+){0,2} (?:factura\w*|cfdi|dinero|" + _PAID + r")\b"
        r"|\b(?:con|de) (?:el )?envio\b|\benv(?:ie|iar?) (?:el|la|mi) (?:dinero|transferencia|pago|factura)\b"
        r"|\by si (?:no|nunca) (?:me )?llega\b|\b(?:regresan|devuelven) (?:mi|el) dinero si no (?:me )?llega\b"
        r"|\bde que si (?:me )?llega\b|\bllego (?:roto|danado|incompleto|mal)\b|\bsi llega (?:roto|danado|mal)\b"
        r"|\b(?:llega\w*|llego|llegado|mandan?|mandado|enviado|envian?) (?:\w+ )?(?:correo|mail|email|codigo|datos"
        r"|clabe|link|liga)\b"
        rf"|\b(?:cuanto )?(?:se )?tard\w+ (?:\w+ ){{0,3}}{_PAID}\b|\b{_PAID} (?:se )?tard\w+\b"
    ),
    Intent.TRANSFERRED: re.compile(
        r"\b(?:hice|realice|mande|envie|subi)(?: ya)?(?: (?:mi|el|la|un|una|otro|otra)){1,2} (?:pedido|compra|orden"
        r"|registro|comprobante|captura|pre ?-?factura)\b"
    ),
    Intent.HOURS: re.compile(r"\ben que hora (?:me )?(?:llega|entregan)\b"),
    Intent.HOW_TO_PAY: re.compile(r"\bcuanto (?:cuesta|es|sale|cobran)(?: \w+){0,2} envio\b"),
    Intent.WARRANTY: re.compile(r"\bde forma segura\b"),
}

INTENTS: Final = (
    (
        Intent.PERSON,
        _any(
            r"(?:hablar|platicar|comunica\w*|contacta\w*|atienda?|pasa\w*) (?:\w+ )?con (?:tu |su |una? |el |la )?"
            r"(?:persona|analista|humano|asesora?|ejecutiv[oa]|alguien|gerente|supervisora?|encargad[oa])",
            r"pasame (?:con|a) (?:tu |un |una |el )?(?:alguien|humano|asesor|supervisor|persona|analista)",
            r"(?:quiero|necesito) (?:a )?(?:un|una|algun) (?:persona|analista|humano|asesora?|ejecutiv[oa])",
            r"(?:una|un) (?:persona|analista|humano|asesora?) (?:real|de verdad|por favor)",
            r"persona real",
            r"atienda (?:una|un) (?:persona|humano|asesor)",
            r"agente|human|supervisor",
            r"(?:eres|es|con) (?:un |una )?(?:ro)?bot|no eres (?:una )?persona|bot o persona",
            r"hay alguien(?: ahi| aqui)?|alguien que me (?:ayude|atienda)",
            r"(?:me|nos) (?:pueden|puede|podrian) (?:llamar|marcar)|llamenme|marquenme",
            r"telefono (?:donde|para|a donde) (?:llamar|marcar)",
            r"nadie (?:me |nos )?(?:contesta|responde|atiende|ayuda)",
            r"poner una queja|levantar una queja|quejarme",
            r"(?:talk|speak) (?:to|with) (?:a|an|some|the) ?\w*",
            # Whoever is angry, or sent money to the wrong place, is not for a machine.
            r"rater[oa]s?|ladron\w*|me (?:robaron|estafaron|vieron la cara|tienen harto)",
            r"ya me (?:harte|hartaron|canse)",
            r"pinches?|chinga\w*|mierda|pendej\w+|put[oa]s?|verga|culer\w+|idiotas?|estupid[oa]s?|inutil(?:es)?",
            r"(?:pesim[oa]|malisim[oa]|mal|mala|horrible) (?:servicio|atencion|experiencia)",
            r"una (?:verguenza|burla|porqueria)",
            r"(?:por ?que|porque) no (?:me |nos )?(?:contestan|responden|atienden)|sig(?:ue|uen|ues) ahi",
            r"llevo (?:\w+ ){1,4}esperando",
            r"(?:transferi|deposite|pague|mande|envie) (?:\w+ ){0,4}?(?:a |en )(?:la )?otra (?:cuenta|clabe)"
            r"(?: equivocada| incorrecta)?",
            r"(?:cuenta|clabe) (?:equivocada|incorrecta|que no era)",
        ),
    ),
    (
        Intent.MY_PAYMENT,
        _any(
            r"no (?:me |se |les |les ha |ha |han |ha sido |se ha |se ve |ven |veo |me han |me ha |aparece |se me )*"
            r"(?:aparece|aparecido|ve|refleja|reflejado|veo|ven|recibido|recibieron|llega|llegado|llego|cae|caido"
            r"|confirmado|confirman|acreditado|acreditan|entra|entrado)" + rf"(?: \w+){{0,3}} {_PAID}",
            rf"(?:mi|el|la|este|ese) {_PAID} (?:que \w+ )?(?:(?:ya )?(?:no|todavia|aun|sigue|esta) )"
            r"(?:\w+ ){0,4}?(?:aparece\w*|reflej\w+|lleg\w+|pendiente|confirm\w+|acredit\w+|cae\w*|ven?\b|sin)",
            rf"(?:todavia|aun|sigue) (?:no|sin) \w+(?: \w+){{0,3}} {_PAID}",
            rf"(?:donde|en que|que) (?:esta|quedo|va|anda|paso con|onda con) (?:con )?(?:mi|el) {_PAID}",
            rf"(?:ya|si|cuando|les|que) (?:\w+ ){{0,3}}?(?:llego|recibieron|cayo|aparecio|reflejo|entro"
            rf"|confirman|acreditaron)"
            rf"(?: \w+){{0,3}} {_PAID}",
            rf"recibieron (?:mi|el|la) {_PAID}",
            rf"{_PAID} (?:ya )?(?:llego|cayo|entro|aparecio|se reflejo|fue recibid[oa])",
            rf"confirm\w+ (?:\w+ ){{0,4}}(?:mi|el) {_PAID}",
            rf"(?:estatus|status|estado) de (?:mi|el) {_PAID}",
            r"(?:descontaron|cobraron|salio)(?: \w+){0,8} (?:no|pendiente)\b|pendiente y ya me lo cobraron",
            r"(?:no|aun no|todavia no) (?:me )?aparece como pagad[oa]",
            r"pendiente de pago|pedido sigue (?:sin pagar|pendiente)",
            r"ya (?:les|te) (?:llego|cayo|entro|aparecio)",
            rf"no (?:les|se) (?:ha|han) (?:llegado|visto)(?: \w+){{0,2}} {_PAID}",
            rf"(?:cuanto )?(?:se )?tard\w+ (?:\w+ ){{0,3}}{_PAID}|{_PAID} (?:se )?tard\w+",
            r"(?:deposite|transferi|pague|mande|envie) (?:\w+ ){0,2}(?:de (?:mas|menos)|doble|dos veces|incompleto)",
            r"(?:equivo(?:c|qu)\w+|error) (?:\w+ ){0,3}(?:monto|cantidad|importe)",
            r"(?:monto|cantidad|importe) (?:equivocad[oa]|incorrect[oa]|mal)",
            r"pag(?:ue|ado)(?: \w+){0,4} no (?:me |se )?(?:aparece|refleja|han confirmado|ha confirmado|pasa nada)",
            r"(?:transferi|deposite|pague) (?:\w+ ){0,3}y (?:nada|sigue)",
            r"(?:my )?payment (?:\w+ ){0,3}(?:show\w*|received|arrive\w*|confirm\w*|pending)",
        ),
    ),
    (
        Intent.TRANSFERRED,
        _any(
            r"(?:ya|acabo de|listo,?|ayer|les|te|le) (?:ya |les |le |te |se |lo |los |la |acabo de |hoy )*"
            r"(?:transferi|pague|deposite|mande|envie|realice|hice|quedo|queda|transferir|pagar|depositar"
            r"|mandar|hacer)"
            rf"(?: (?:el|la|mi|su|un|todo|los))*(?: {_PAID})?(?! (?:cuenta|datos|clabe|factura))",
            rf"ya (?:esta|quedo|se (?:realizo|hizo)) (?:el|la|mi|hech[oa]) ?(?:{_PAID})?",
            rf"(?:ya )?(?:hice|realice|mande|envie) (?:el|la|mi) {_PAID}",
            rf"{_PAID} (?:hech[oa]|realizad[oa]|enviad[oa]|list[oa])",
            r"listo,? (?:ya )?(?:transferido|pagado|depositado)|transferido|depositado",
            r"transferi (?:ayer|hoy|hace|desde|\d)",
            r"i (?:have |already |just )*(?:paid|transferred|sent the (?:money|payment|transfer))",
        ),
    ),
    (
        Intent.LOST_LINK,
        _any(
            rf"(?:perdi|extravie|borre|cerre|no encuentro|ya no (?:encuentro|tengo)|se me (?:perdio|borro|cerro|fue))"
            rf"(?: \w+){{0,3}} {_LINK}",
            rf"(?:no|nunca) (?:me )?(?:llego|llega|ha llegado|aparece|veo|tengo)(?: \w+){{0,2}} {_LINK}",
            rf"{_LINK} (?:de pago |encriptado |ya )*(?:no (?:me )?(?:abre|funciona|sirve|carga|jala|llego|ha llegado)"
            rf"|vencio|expiro|caduco|esta vencid\w+|se perdio)",
            rf"(?:mand\w+|envi\w+|pas\w+|compart\w+|necesito|dame|reenvi\w+|gener\w+)(?: \w+){{0,4}}"
            rf" (?:otro|nuevo|de nuevo|otra vez)(?: \w+){{0,3}} {_LINK}",
            rf"(?:mand\w+|envi\w+|pas\w+|reenvi\w+)(?: \w+){{0,3}} {_LINK}(?: \w+){{0,3}}"
            rf" (?:otra vez|de nuevo|nuevamente)",
            rf"reenvi\w+(?: \w+){{0,2}} {_LINK}|(?:otro|nuevo) {_LINK}|{_LINK} nuevo",
            r"lost (?:\w+ ){0,2}link|link (?:\w+ ){0,2}(?:expired|does not work)",
        ),
    ),
    (
        Intent.DEPOSIT,
        _any(
            r"anticipo\w*|enganche",
            r"(?:pagar|pago|dar|doy|dejar|dejo|abonar|abono|depositar|transferir) (?:\w+ ){0,3}?(?:una parte"
            r"|la mitad|el \d{1,2}(?= ?(?:%|por ?ciento)))",
            r"(?:abonar|abono|pagar|pago|dar) (?:\w+ ){0,4}(?:ahorita|ahora|hoy) y (?:\w+ ){0,3}(?:resto|demas|otro)",
            r"(?:lo que falta|el resto) (?:\w+ ){0,2}(?:despues|luego|cuando (?:llegue|lo reciba))",
            r"pay (?:\w+ ){0,2}(?:deposit|half|part)|down ?payment",
        ),
    ),
    (
        Intent.INVOICE,
        _any(r"factur\w*", r"cfdi\w*", r"constancia(?: fiscal)?", r"uso (?:de cfdi )?g ?0\d", r"invoice", r"rfc"),
    ),
    (
        Intent.WARRANTY,
        _any(
            r"garanti\w+|warranty",
            r"devoluci\w+|devolver\w*|devuelv\w+|reembols\w+|refund",
            r"regres(?:an|en|ame|enme|ar) (?:\w+ ){0,2}(?:dinero|lana)",
            r"defect\w+|danad[oa]s?|rot[oa]s?|incomplet[oa]|(?:vino|llego|salio|sale|llega) (?:muy )?mal[oa]?",
            r"no (?:prende|funciona|sirve|enciende|jala)",
            r"fraud\w+|estaf\w+|confiables?|robo|transa",
            r"(?:es|sera|son) (?:\w+ ){0,3}segur[oa]s?|is (?:it|this) (?:safe|secure|legit|a scam)",
            r"y si (?:no|nunca) (?:me )?llega",
            r"de que si (?:me )?llega",
        ),
    ),
    (
        Intent.DELIVERY,
        _any(
            r"cuando (?:\w+ ){0,2}(?:llega\w*|lo (?:envian|mandan|entregan|tengo)|sale mi)",
            r"entreg\w+",
            r"envios?|envian|enviaron|enviado|mandan|mandaron",
            r"paqueteria|guia|repartidor|paquete|tracking|mensajeria",
            r"rastre\w+ (?:mi |el |de mi |del )?(?:pedido|paquete|envio|compra)|como rastreo",
            r"tard\w+ (?:\w+ ){0,2}(?:en llegar|el envio)|cuanto (?:se )?tard\w+",
            r"en (?:cuanto tiempo|cuantos dias)",
            r"llega(?:n|r|ra|ria)?|llegue|when (?:does|will|do) (?:\w+ ){1,3}(?:arrive|come|get here)",
            r"where is my (?:order|package|purchase)|(?:do you |free )?ship(?:s|ping)?|deliver\w*",
            r"(?:no|sigue sin|aun no|todavia no) (?:ha |me ha )?(?:llegado|llegar|llega)(?: mi)? (?:pedido"
            r"|paquete|compra)",
            r"pedido no (?:ha |me )?(?:llega|llegado)",
            r"(?:ya )?salio mi (?:pedido|paquete|compra)",
            r"recoger(?:lo|la)? en (?:tienda|sucursal)",
            r"urge para",
        ),
    ),
    (
        Intent.STOCK,
        _any(
            r"existencia\w*|disponib\w+|stock|inventario|agotad[oa]s?",
            r"(?:todavia|aun) (?:hay|tienen|les queda\w*)",
            r"(?:les |te )?qued(?:a|an) (?:\w+ )?(?:\w+)?(?:pieza\w*|algun[oa]?|molino\w*|cafe\w*|taza\w*"
            r"|much\w+|mas)?"
            r"(?<!queda con)",
            r"cuant[oa]s (?:piezas |unidades )?(?:tienen|hay|les quedan|quedan|manejan)|cuantas piezas",
            r"vuelven a (?:tener|surtir)|resurt\w+",
            r"(?:manejan|venden) \w+",
            r"tienen (?:el |la |los |las )?(?:molin|cafe|taza|filtro|maquina|prensa|grano|bolsa|vaso)\w*|in stock",
            r"hay (?:mas|de|algun\w*|otros?|otras?) \w+",
            r"hay (?:el |la |los |las )?(?:molin|cafe|taza|filtro|maquina|prensa|grano|bolsa|vaso)\w*",
        ),
    ),
    (
        Intent.HOW_TO_PAY,
        _any(
            r"como (?:\w+ )?(?:pago|pagar|se paga|hago (?:el|mi) (?:pago|deposito|transferencia)|transfiero"
            r"|deposito|le hago)",
            r"(?:formas?|medios?|metodos?|opciones) de pago|how (?:do|can) i pay",
            r"(?:donde|adonde|que cuenta|cual cuenta)(?: les| te| le)? (?:\w+ )?(?:pago|deposito|transfiero"
            r"|deposita\w*|transfer\w+)",
            r"datos (?:bancarios|(?:\w+ ){0,2}para (?:\w+ )?(?:transfer\w+|deposit\w+|pag\w+|el deposito"
            r"|la transferencia))",
            r"datos necesito para|clabe|numero de cuenta|cuenta (?:para|bancaria)(?: \w+)?",
            r"cuanto (?:pago|debo|es|seria|sale|cuesta|hay que pagar|tengo que pagar|tiempo tengo para pagar)",
            r"aceptan \w+|oxxo|paypal|efectivo|meses sin intereses|mensualidades|a meses",
            r"(?:pagar|paga|pago) (?:en (?:partes|dos|abonos)|alguien mas|otra persona)",
            r"nombre de quien|que (?:pongo|va) en el concepto|que banco es|monto exacto|\bstp\b",
            r"no me deja (?:transferir|pagar|depositar)|mi limite|limite (?:diario|de transferencia)",
            r"puedo (?:pagar|transferir|depositar)",
            r"(?:hasta cuando|cuanto tiempo|que plazo) (?:\w+ ){0,3}(?:tengo|hay|me dan|pagar)",
            r"se me vence|cuando vence",
            r"(?:banco|app) (?:\w+ ){0,3}(?:esperar|espere|pide|rechaza|rebota)",
            r"no me deja (?:\w+ )?(?:agregar|registrar|dar de alta)",
            r"(?:pongo|pone|va|escribo) (?:\w+ ){0,2}(?:concepto|referencia)",
            r"(?:mandame|manden|mandan|mandado|mandaron|pasame|envien|enviado|dame|deme) (?:\w+ )?(?:datos|cuenta"
            r"|clabe)",
            r"precio (?:del|de la|de los|de las|tiene)|(?:a|en) (?:que|cual) (?:cuenta|banco)",
            r"mercado pago|codi|dimo|western union|paypal|transferwise|cheque|contra ?entrega",
            r"how much (?:is|does|do)|(?:va a|puede|quiere) pagar (?:mi|otra|alguien)",
            r"mi (?:espos[oa]|mama|papa|herman[oa]|hij[oa]|jefe) (?:\w+ ){0,2}(?:paga\w*|transfier\w*|deposita\w*)",
        ),
    ),
    (
        Intent.CANCEL,
        _any(
            r"cancel\w*",
            r"ya no (?:lo|la|los|las) quiero|ya no quiero (?:nada|el pedido|mi pedido|comprar|la compra)",
            r"me arrepenti|(?:siempre )?no (?:lo |la )?voy a comprar(?:lo)?",
        ),
    ),
    (
        Intent.HOURS,
        _any(
            r"horarios?",
            r"(?:a|hasta|desde|en) que hora(?:s)? (?:\w+ )?(?:abren|cierran|atienden|regresan|estan|contesta\w*"
            r"|hay|trabajan|me)",
            r"cuando (?:abren|cierran|regresan|hay alguien)",
            r"(?:atienden|trabajan|abren) (?:los|el|en|hoy|manana|lunes|sabados?|domingos?) ?\w*",
        ),
    ),
    (
        Intent.EVIDENCE,
        _any(
            r"(?:subo|subir|mando|mandar|envio|enviar|pongo|adjunto|adjuntar|anexo|paso|cargo|subi|mande|envie)"
            r" (?:\w+ ){0,2}(?:comprobante|captura|ticket|foto|pantallazo|screenshot)",
            r"(?:aqui|ahi) (?:esta|va|te va|les va|les mando|te mando) (?:\w+ )?(?:comprobante|captura|ticket)",
            r"(?:recibieron|llego|vieron|revisaron) (?:mi|el) comprobante",
            r"(?:necesitan|piden|hace falta|ocupan) (?:\w+ )?comprobante",
        ),
    ),
    (
        Intent.ABOUT,
        _any(
            r"como funciona(?:n)?|que es (?:esto|eso|seguripago|connect\w*)|quien(?:es)? (?:eres|son)",
            r"(?:es|son) (?:una )?(?:intermediari[oa]s?|financiera|aseguradora)",
            r"how does (?:it|this) work|what is (?:this|seguripago)|who are you",
        ),
    ),
)

_FIELD: Final = (
    r"(?:direccion|domicilio|datos|nombre|telefono|correo|calle|colonia|apellido|numero|cp|codigo postal|email"
    r"|mail|monto"
    r"|ciudad|estado|municipio)"
)
REJECTS: Final = re.compile(
    r"^(?:no|nop|nope|nel|negativo|incorrecto)[.! ]*$|^(?:no|nel|nop),? (?:la|el|mi|esta|es|son) "
    r"|\b(?:corregir|correccion|corrige\w*|corrijan|incorrect[oa]s?|erroneo|equivo(?:c|qu)\w+)\b"
    rf"|\b(?:esta|estan|puse|viene|quedo|escribi\w*)(?: muy)? mal\b|\bmal (?:escrit|puest|capturad)\w+"
    rf"|\b(?:hay|tiene|tengo) un error\b|\bno (?:es|esta|son|estan) (?:correct\w+|bien|mi|el (?:que|monto|correo))\b"
    rf"|\b(?:cambiar|cambia|cambio|cambien|modificar|actualizar) (?:de )?(?:(?:mi|la|el|los|mis|su) )?{_FIELD}"
    rf"|\b(?:menos|excepto|salvo) (?:mi|la|el|los) {_FIELD}"
    rf"|\bpero (?:mi|la|el|los|falta|cambia|esta) (?:{_FIELD}|\w+ mal|\w+)"
    rf"|\b(?:mi|el|la) {_FIELD} (?:es|son|lleva|no es|correct[oa] es)\b"
    r"|\b(?:falta|faltan|falto|faltaron) (?:el|la|un|una|mi|\d+|uno) ?\w*|\bno vivo ahi\b|\bya me cambie de casa\b"
)

# What a sentence asks for beside its topic.
COST: Final = _any(
    r"cuanto (?:\w+ ){0,2}(?:cuesta|es|fue|sale|salio|vale|cobran|cobraron|seria)",
    r"costo|costos|precios?|tarifa|gratis|free|how much",
)
OTHER_WAYS: Final = _any(
    r"oxxo|efectivo|paypal|codi|dimo|western union|cheque|contra ?entrega|meses|mensualidades|cash|seven|7 ?eleven"
)
DOUBT: Final = _any(r"fraud\w*|estaf\w*|confiables?|robo|transa|segur[oa]s?|safe|secure|legit|scam|confiar|como se que")
OTHER_AMOUNT: Final = _any(r"de (?:mas|menos)|doble|dos veces|equivo(?:c|qu)\w+|monto|cantidad|importe|incompleto")

PICKUP: Final = _any(r"recoger\w*", r"paso por (?:el|la|mi)", r"pick ?up")

DETAILS: Final = (
    (Detail.PICKUP, PICKUP),
    (Detail.COST, COST),
    (Detail.OTHER_WAYS, OTHER_WAYS),
    (Detail.DOUBT, DOUBT),
    (Detail.OTHER_AMOUNT, OTHER_AMOUNT),
)
# What a shop may have and no shelf holds.
NOT_GOODS: Final = _any(
    r"sucursal\w*|tienda fisica|promocion\w*|descuento\w*|whats\w*|telefono|direccion|facebook|instagram|pagina",
    r"cuenta|tiempo",
)

ASKS: Final = re.compile(
    r"^(?:\w+ ){0,3}?(?:que|cual|cuales|como|donde|adonde|cuando|cuanto|cuantos|cuantas|quien|quienes|puedo|puede"
    r"|pueden|podria|podrian|tienen|tiene|hay|hacen|venden|manejan|dan|aceptan|se puede|sirve|incluye"
    r"|what|where|when|how|who|which|can|could|do|does|is|are|will)\b"
    r"|\b(?:ayuda|ayudame|ayudenme|auxilio|duda|problema|error|no entiendo|no comprendo|no se como|no puedo"
    r"|no he podido|no me (?:deja|sale|permite|llego|llega|han|aparece)|no (?:abre|carga|sirve|funciona|jala|pasa)"
    r"|rechaz\w+|descuentos?|promocion\w*|mayoreo|cotiza\w*|precios?|sucursal\w*|help)\b"
)
GOES_ON: Final = _any(
    r"que sigue", r"y ahora", r"ahora que", r"que hago", r"que mas", r"siguiente paso", r"what now|now what"
)
HALF_NUMBER: Final = re.compile(
    r"\bcm[\s\-_.]*(?=[0-9a-z\s\-]*\d)[0-9a-z][0-9a-z\s\-_.]{3,12}\b|\b(?=[0-9a-z]*\d)[0-9a-z]{4}[\s\-](?=[0-9a-z]*[a-z])"
    r"[0-9a-z]{4}\b"
)

NO: Final = _any(
    "no", "ni", "nunca", "nada", "nel", "nop", "nope", "tampoco", "pero", "aunque", "excepto", "menos", "salvo", "casi",
    "sino", "solo que", "otra vez", "todavia", "aun", "luego", "cambia\\w*", "cambio", "si (?:es|fuera)",
)  # fmt: skip
SURE: Final = re.compile(
    r"\b(?:todo (?:esta |es |muy )?(?:bien|correcto|perfecto|ok|en orden)|esta todo (?:bien|correcto|en orden)"
    r"|si acepto|acepto"
    r"|si,? confirmo|confirmo|de acuerdo|datos (?:son|estan) (?:correctos|bien)|esta (?:correcto|bien|perfecto))\b"
)
YES_WORDS: Final = frozenset(
    """si ok va vale claro correcto correcta correctos correctas perfecto acuerdo acepto confirmo confirmado adelante
    bien orden excelente sale asi listo super""".split()  # noqa: SIM905
)
WEAK_WORDS: Final = frozenset({"ok", "va", "vale", "sale", "bien", "asi", "listo", "claro"})
POLITE_WORDS: Final = frozenset(
    """todo todos toda los datos son esta estan es en de y muy muchas gracias por favor senorita senor joven amigo amiga
    asi ya lo la revise hola buenas buenos tardes dias noches mil que yo le me se pues entonces mi pedido su atencion
    ahi ah aja bueno seguro super amable amables con gusto""".split()  # noqa: SIM905
)
THUMBS: Final = re.compile("[👍👌✅🙌🆗]")

WISH: Final = (
    r"(?:prefiero|mejor|quiero|quisiera|deseo|voy a|vamos a|cambia\w*|pasalo|ponlo|me gustaria|siempre si|hare"
    r"|pagare)"
)
MEDIA: Final = (
    (
        Preference.LINK,
        re.compile(rf"\b{WISH}\b(?: \w+){{0,5}}? (?:link|liga|enlace)\b|\b(?:link|liga|enlace)(?: \w+){{0,3}} mejor\b"),
    ),
    (Preference.CARD, re.compile(rf"\b{WISH}\b(?: \w+){{0,5}}? (?:tarjeta|debito|credito)\b")),
    (
        Preference.SPEI,
        re.compile(rf"\b{WISH}\b(?: \w+){{0,5}}? (?:transferencia|transferir|spei|transfiero)\b"),
    ),
)
NOT_A_WISH: Final = re.compile(
    r"\b(?:no|ya|nunca|datos|cuenta|clabe|como|donde|numero|comprobante|clonaron|abre|tengo)\b|\?|\bcuanto\b"
    r"|\baceptan\b"
)
THANKS: Final = _any("gracias", "te agradezco", "les agradezco", "agradecid[oa]")
GREETING: Final = re.compile(
    r"^(?:hola|holi\w*|buen(?:os|as)? (?:dias?|tardes?|noches?)|buen dia|que tal|que onda|buenas|hey|hi|hello"
    r"|saludos)\b"
)
