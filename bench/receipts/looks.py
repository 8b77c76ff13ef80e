"""How ten banks' receipts look: words, order, colours and forms, each of its own. Plain words, no logos."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Look:
    """One bank's receipt. `rows`: (label, what); `what` is a field's name or a text that is printed as it is.

    `layout`: "sides" label left and value right, "stacked" value under its label, "colon" both in one line.
    `words`: the wordmark; `head`: lines above the rows, where `{amount}` and `{date}` stand for what they say.
    """

    bank: str
    words: str
    colour: str
    layout: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    amount: str
    date: str
    time: str = ""
    account: str = "full"
    font: str = "sans"
    foot: tuple[str, ...] = ()
    page: str = "#ffffff"
    box: bool = False
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)


LOOKS = (
    Look(
        "40012", "BBVA", "#072146", "sides", ("Operación exitosa", "Transferencia a otros bancos"),
        (("Importe", "amount"), ("Cuenta de retiro", "•6621"), ("CLABE destino", "clabe"), ("Banco destino",
        "beneficiary_bank"),
         ("Nombre del beneficiario", "beneficiary"), ("Concepto de pago", "concept"), ("Referencia", "reference"),
         ("Fecha de operación", "date"), ("Hora de operación", "time"), ("Clave de rastreo", "tracking_key"),
         ("Folio de operación", "0098231745"), ("Comisión", "$0.00"), ("IVA", "$0.00")),
        "$,", "words", "h", options={"account": ("full", "dots"), "date": ("words", "dmy/")},
        foot=("BBVA México, S.A., Institución de Banca Múltiple", "Consulta tu CEP en www.banxico.org.mx/cep"),
    ),
    Look(
        "40014", "Santander", "#ec0000", "stacked", ("Comprobante de transferencia", "SPEI enviado"),
        (("Importe", "amount"), ("Cuenta origen", "Súper Nómina *4410"), ("Ordenante", "payer"), ("Cuenta destino",
        "clabe"),
         ("Banco receptor", "beneficiary_bank"), ("Beneficiario", "beneficiary"), ("Concepto", "concept"),
         ("Referencia numérica", "reference"), ("Clave de rastreo", "tracking_key"), ("Fecha y hora", "date"),
         ("Número de operación", "7712094")),
        "$,mn", "dmy t", options={"amount": ("$,mn", "$,"), "account": ("full", "stars")},
        foot=("Banco Santander México, S.A.",),
    ),
    Look(
        "40072", "BANORTE", "#eb0029", "colon", ("COMPROBANTE DE OPERACIÓN", "Transferencia SPEI: Aplicada"),
        (("Fecha de aplicación", "date"), ("Hora", "time"), ("Cuenta de cargo", "******2290"), ("Titular", "payer"),
         ("Banco destino", "beneficiary_bank"), ("CLABE", "clabe"), ("Nombre del beneficiario", "beneficiary"),
         ("Monto", "amount"), ("IVA", "$0.00"), ("Concepto del pago", "concept"), ("Número de referencia",
         "reference"),
         ("Clave de rastreo", "tracking_key")),
        "$ ,", "d/mon/y", "hms", font="mono", options={"date": ("d/mon/y", "dmy/"), "account": ("full", "groups")},
        foot=("Banco Mercantil del Norte, S.A.",),
    ),
    Look(
        "40002", "citibanamex", "#056dae", "sides", ("Transferencia realizada", "{amount}", "{date}"),
        (("Cuenta retiro", "Perfiles ***5518"), ("Cuenta depósito", "clabe"), ("Institución", "beneficiary_bank"),
         ("Nombre", "beneficiary"), ("Concepto", "concept"), ("Referencia numérica", "reference"),
         ("Clave de rastreo", "tracking_key"), ("Número de autorización", "663120"), ("Costo de la operación",
         "$0.00")),
        "$,", "long t", page="#f4f7fa", box=True, options={"words": ("citibanamex", "Banamex"), "account": ("full",
        "stars")},
        foot=("Banco Nacional de México, S.A.",),
    ),
    Look(
        "40021", "HSBC", "#db0011", "stacked", ("Pago enviado", "Transferencia interbancaria"),
        (("Monto de la transferencia", "amount"), ("De la cuenta", "Flexible •••• 9034"), ("A la cuenta", "clabe"),
         ("Nombre de quien recibe", "beneficiary"), ("Banco de quien recibe", "beneficiary_bank"), ("Concepto",
         "concept"),
         ("Referencia", "reference"), ("Fecha de la transferencia", "date"), ("Hora", "time"), ("Clave de rastreo",
         "tracking_key")),
        "mxn", "words", "hm", options={"date": ("words", "iso"), "account": ("full", "groups", "dots")},
        foot=("HSBC México, S.A., Institución de Banca Múltiple",),
    ),
    Look(
        "40044", "Scotiabank", "#ed0722", "sides", ("Transferencia SPEI exitosa",),
        (("Cuenta origen", "••• 0091"), ("Ordenante", "payer"), ("Cuenta beneficiario", "clabe"), ("Banco",
        "beneficiary_bank"),
         ("Beneficiario", "beneficiary"), ("Importe", "amount"), ("Concepto", "concept"), ("Referencia numérica",
         "reference"),
         ("Fecha de envío", "date"), ("Hora de envío", "time"), ("Clave de rastreo", "tracking_key"), ("Estatus",
         "Liquidada")),
        "$,mxn", "dmy-", "hms", font="wide", options={"amount": ("$,mxn", "space"), "date": ("dmy-", "short")},
        foot=("Scotiabank Inverlat, S.A.",),
    ),
    Look(
        "40638", "nu", "#820ad1", "sides", ("Comprobante de transferencia", "{date}", "Monto", "{amount}"),
        (("Tipo de operación", "SPEI"), ("Destino", "-"), ("Nombre", "beneficiary"), ("Institución",
        "beneficiary_bank"),
         ("CLABE", "clabe"), ("Origen", "-"), ("Nombre", "payer"), ("Institución", "Nu México"), ("Concepto",
         "concept"),
         ("Referencia", "reference"), ("Clave de rastreo", "tracking_key")),
        "$,", "SHORT t", font="inter", options={"account": ("full", "stop")},
        foot=("Nu México Financiera, S.A. de C.V., S.F.P.", "¿Dudas? Escríbenos en el chat de tu app"),
    ),
    Look(
        "90722", "mercado pago", "#009ee3", "stacked", ("Comprobante de transferencia", "{date}", "{amount}"),
        (("De", "payer"), ("Para", "beneficiary"), ("Banco", "beneficiary_bank"), ("CLABE", "clabe"), ("Concepto",
        "concept"),
         ("Número de referencia", "reference"), ("Clave de rastreo", "tracking_key"), ("Número de operación",
         "95120338841")),
        "$ ,", "a las t", font="inter", page="#f5f5f5", box=True, options={"account": ("full", "dots")},
        foot=("MDP Corporativo, S.A. de C.V., Institución de Fondos de Pago Electrónico",),
    ),
)  # fmt: skip

UNSEEN = (
    Look(
        "40036", "INBURSA", "#003b70", "colon", ("Inbursa Móvil", "TRASPASO INTERBANCARIO SPEI"),
        (("Importe", "amount"), ("Cuenta cargo", "*** 118"), ("Cuenta CLABE abono", "clabe"), ("Banco beneficiario",
        "beneficiary_bank"),
         ("Titular de la cuenta destino", "beneficiary"), ("Motivo de pago", "concept"), ("Ref. numérica",
         "reference"),
         ("Clave rastreo", "tracking_key"), ("Fecha operación", "date")),
        "$,mn", "words t", options={"date": ("words t", "dmy t")}, foot=("Banco Inbursa, S.A.",),
    ),
    Look(
        "40137", "BanCoppel", "#1c42e8", "stacked", ("¡Listo! Tu transferencia fue enviada", "{amount}"),
        (("Enviaste a", "beneficiary"), ("Cuenta", "clabe"), ("Banco", "beneficiary_bank"), ("Concepto", "concept"),
         ("Referencia", "reference"), ("Clave de rastreo", "tracking_key"), ("Fecha", "date"), ("Hora", "time"),
         ("Folio", "51120931")),
        "$,mxn", "short", "ampm", font="wide", foot=("BanCoppel, S.A., Institución de Banca Múltiple",),
    ),
)  # fmt: skip
