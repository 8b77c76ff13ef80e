"""Labels that pure floors keep as plain words and screens show through `{% translate variable %}`.

`values/` and the rules of a room may not import Django, so nothing marks their words for the catalogue of texts.
Here each is named once for `makemessages`, with what a form translates later; no screen imports this file, and a test
compares it with the labels themselves.
"""

from django.utils.translation import gettext_noop

STEPS = (
    gettext_noop("Pedido"),
    gettext_noop("Confirmación"),
    gettext_noop("Datos bancarios"),
    gettext_noop("Transferencia"),
    gettext_noop("Comprobante"),
    gettext_noop("Listo"),
)
CHECKS = (
    gettext_noop("Existencias"),
    gettext_noop("Datos"),
    gettext_noop("Direcciones"),
    gettext_noop("Tiempos de entrega"),
    gettext_noop("Garantías"),
    gettext_noop("Monto"),
)
PREFERENCES = (
    gettext_noop("Transferencia electrónica SPEI"),
    gettext_noop("Link de pago encriptado"),
    gettext_noop("Tarjeta débito y crédito"),
)
CHOICES_OF_TAX = (
    gettext_noop("Elige tu régimen"),
    gettext_noop("Elige el uso"),
)
ORDER_STATES = (
    gettext_noop("Por confirmar"),
    gettext_noop("Por pagar"),
    gettext_noop("Pagado"),
    gettext_noop("En preparación"),
    gettext_noop("Enviado"),
    gettext_noop("Entregado"),
    gettext_noop("Concluido"),
    gettext_noop("Cancelado"),
    gettext_noop("Vencido"),
)
DEPOSITS = (
    gettext_noop("Anunciado"),
    gettext_noop("Validando"),
    gettext_noop("Parcial"),
    gettext_noop("Anticipo"),
    gettext_noop("Confirmado"),
    gettext_noop("Aclarado"),
    gettext_noop("Devuelto"),
)
CASES = (
    gettext_noop("Excedente"),
    gettext_noop("Fuera de plazo"),
    gettext_noop("Parcial vencido"),
    gettext_noop("Duplicado"),
    gettext_noop("Sin pedido"),
    gettext_noop("Otra cuenta"),
    gettext_noop("Contradicción"),
    gettext_noop("Devuelto por el banco"),
    gettext_noop("Aviso ilegible"),
    gettext_noop("Contracargo"),
    gettext_noop("Contracargo"),
)
VERDICTS = (
    gettext_noop("Con certeza"),
    gettext_noop("Con dudas: decide una persona"),
    gettext_noop("Sin pedido conocido: decide una persona"),
)
CASE_ACTIONS = (
    gettext_noop("Proponer aplicar al pedido"),
    gettext_noop("Proponer repartir"),
    gettext_noop("Proponer aceptar la diferencia"),
    gettext_noop("Proponer pedir el resto"),
    gettext_noop("Proponer devolver al ordenante"),
    gettext_noop("Proponer devolver a la tarjeta"),
    gettext_noop("Proponer cerrar dentro de la tolerancia"),
    gettext_noop("Proponer marcar como revisado"),
)
CASE_PARTS = (
    gettext_noop("Aplicado al pedido"),
    gettext_noop("Diferencia que asumió la tienda"),
    gettext_noop("Devolución"),
    gettext_noop("Cerrado dentro de la tolerancia"),
    gettext_noop("Nunca llegó a una cuenta de la tienda"),
    gettext_noop("Devolución a la tarjeta"),
    gettext_noop("La devolución a la tarjeta no se hizo"),
)
RETURNS = (
    gettext_noop("Aprobada, por instruir"),
    gettext_noop("Instruida al banco"),
    gettext_noop("Confirmada por el banco"),
    gettext_noop("No se realizó"),
)
REFUNDS = (
    gettext_noop("Solicitado"),
    gettext_noop("Aprobado"),
    gettext_noop("En camino"),
    gettext_noop("Confirmado"),
    gettext_noop("No llegó"),
    gettext_noop("No procede"),
    gettext_noop("Reclamación"),
    gettext_noop("Pedido cancelado"),
    gettext_noop("Decisión de la tienda"),
    gettext_noop("No se enviará"),
    gettext_noop("Pagó de más"),
    gettext_noop("Pago fuera de plazo"),
    gettext_noop("Pago incompleto"),
    gettext_noop("Pago duplicado"),
    gettext_noop("Depósito sin pedido"),
    gettext_noop("Aclaración"),
    gettext_noop("Hecho en la pasarela"),
)
CLAIMS = (
    gettext_noop("No llegó"),
    gettext_noop("Llegó dañado"),
    gettext_noop("No es lo que pedí"),
    gettext_noop("Llegó incompleto"),
    gettext_noop("Otro motivo"),
    gettext_noop("Cambio"),
    gettext_noop("Reembolso total"),
    gettext_noop("Reembolso parcial"),
    gettext_noop("Devolución con guía y reembolso"),
    gettext_noop("Devolución con guía; el reembolso sale cuando llegue"),
    gettext_noop("La retiraste"),
    gettext_noop("Llegaron a un acuerdo"),
    gettext_noop("Se resolvió"),
    gettext_noop("Recibiste el cambio"),
    gettext_noop("Tu compra se reembolsó completa"),
    gettext_noop("Esperamos la respuesta de la tienda"),
    gettext_noop("La tienda respondió"),
    gettext_noop("La tienda prepara tu cambio"),
    gettext_noop("Tu cambio va en camino"),
    gettext_noop("Esperamos tu devolución"),
    gettext_noop("Tu devolución va en camino"),
    gettext_noop("La revisa un supervisor"),
    gettext_noop("Resuelta, con plazo para apelar"),
    gettext_noop("Apelada: se revisa otra vez"),
    gettext_noop("Concluida"),
)
HOLIDAYS = (
    gettext_noop("Año Nuevo"),
    gettext_noop("Constitución"),
    gettext_noop("Natalicio de Benito Juárez"),
    gettext_noop("Jueves Santo"),
    gettext_noop("Viernes Santo"),
    gettext_noop("Día del Trabajo"),
    gettext_noop("Independencia"),
    gettext_noop("Día de Muertos"),
    gettext_noop("Revolución"),
    gettext_noop("Virgen de Guadalupe"),
    gettext_noop("Navidad"),
    gettext_noop("Transmisión del Poder Ejecutivo"),
)
CASE_ENDS = (
    gettext_noop("Si nadie decide a tiempo, pasa a Medios de pago."),
    gettext_noop("Si nadie decide a tiempo, pasa a la supervisión."),
    gettext_noop("Si nadie decide a tiempo, pasa a la dirección de la tienda."),
    gettext_noop("Si nadie decide a tiempo, se cierra dentro de la tolerancia."),
    gettext_noop("Si nadie decide a tiempo, se devuelve a la cuenta de origen."),
)
REFUND_WAITS = (
    gettext_noop("Que la tienda lo decida"),
    gettext_noop("La cuenta del comprador"),
    gettext_noop("Que dos personas confirmen la cuenta"),
    gettext_noop("La respuesta del banco o de la pasarela"),
    gettext_noop("Otra forma de enviarlo"),
    gettext_noop("El comprador"),
    gettext_noop("Medios de pago"),
    gettext_noop("Supervisión"),
    gettext_noop("La dirección de la tienda"),
)
