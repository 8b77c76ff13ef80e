"""Banxico's portal, played on this machine: its sentences, its session, its ways to fail. Shapes as recorded in public
(cuenca-mx/cep-python, 2019 to 2025); only what matters of each page is here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

OFFERS = """
<div class="bg-banxico title-bar"><i class="icono-header icon-download"></i> Descargar CEP</div>
<div class="generaComprobantes"><h2>Gracias por utilizar el servicio de descarga de CEP</h2>
<a href="descarga.do?formato=PDF" class="boton">PDF</a>
<!-- <a href="descarga.do?formato=XML"><img src="images/btn-xml.png" /></a> -->
<a href="descarga.do?formato=XML" class="boton boton-descarga-xml" style="margin-right: 20px;"><i></i>XML</a></div>
"""
NOTHING = """
<div class="bg-banxico title-bar"><i class="icono-header icon-warning3"></i> Error</div>
<div id="#error_div"><div class="info"><p>[BE] No se encontró ningún pago con la información proporcionada. Verifique e
 intente nuevamente.</p></div></div><input type="hidden" name="varHideCaptcha" value="true"/>
"""
NO_OPERATION = """
<div class="cuerpo-msg"><div id="consultaMISPEI"><div class="info" style="margin-bottom: 10px;"><center><strong>Lo
 sentimos, por el momento no es posible generar el CEP. Operación no encontrada. El SPEI no ha recibido una orden de
 pago que cumpla con el criterio de búsqueda especificado.</strong></center></div></div></div>
"""
PICTURE = """
<div id="#error_div"><div class="info"><p>La imagen de seguridad no fue ingresada correctamente. Favor de validar.</p>
</div></div><input type="hidden" name="varHideCaptcha" value="false"/>
"""
TOO_MANY = """<!DOCTYPE html><html lang="es"><body><div id="appMain"><h1>Lo sentimos, pero ha excedido el n&uacute;mero
 m&aacute;ximo de consultas en este portal. Favor de intentar nuevamente m&aacute;s tarde.</h1></div></body></html>"""
EXPLAINED = """
<div class="descripcion oculta"><div id="desc_Devuelto"><h4>Devuelto</h4><p>El pago fue devuelto.</p></div>
<div id="desc_No_encontrado"><h4>No encontrado</h4><p>El SPEI&reg; no ha recibido una orden de pago que cumpla
 con el criterio de b&uacute;squeda especificado.</p></div></div>
"""


def known(state: str) -> str:
    """The page of a payment that is known and has no CEP; further down it explains every other state."""
    sentence = (
        "Lo sentimos, por el momento no es posible generar el CEP. Con la información proporcionada se identificó"
    )
    return f"""
<div class="cuerpo-msg"><div id="consultaMISPEI">
<!-- <div class="info">Operación no encontrada</div> -->
<div class="info"><center><strong>{sentence} se identificó el siguiente pago:</strong></center></div>
<table id="xxx" class="styled-table vertical"><tbody>
<tr><td>Clave de Rastreo</td><td>COMPROPAG2024110610833063</td></tr>
<tr><td>Instituci&oacute;n emisora del pago</td><td>Compropago</td></tr>
<tr><td>Estado del pago en Banxico</td><td>{state}</td></tr>
<tr class="columna-monto"><td>Monto</td><td>17584.28</td></tr></tbody></table></div>{EXPLAINED}</div>
"""


@dataclass
class Portal:
    """What it says next, and what it was asked. `pages`: by the day that is asked for, else `page`."""

    url: str = ""
    page: str = NOTHING
    pages: dict[str, str] = field(default_factory=dict)
    cep: bytes = b""
    status: int = 200
    download_status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    slow_s: float = 0
    drips: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    portal: Portal

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        said = {name: values[0] for name, values in parse_qs(body).items()}
        self.portal.asked.append(said)
        time.sleep(self.portal.slow_s)
        page = self.portal.pages.get(said["fecha"], self.portal.page)
        more = {"Set-Cookie": f"JSESSIONID=s{len(self.portal.asked)}; path=/; HttpOnly", **self.portal.headers}
        self._answer(self.portal.status, page.encode(), "text/html; charset=UTF-8", more)

    def do_GET(self) -> None:
        session = self.headers.get("cookie", "")
        self.portal.downloads.append(f"{self.path} {session}")
        if "JSESSIONID=s" not in session:
            self._answer(500, b"no session", "text/html", {})
            return
        self._answer(self.portal.download_status, self.portal.cep, "application/xml", {})

    def _answer(self, status: int, body: bytes, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for place in range(0, len(body), 1 if self.portal.drips else 65_536):
                self.wfile.write(body[place : place + (1 if self.portal.drips else 65_536)])
                if self.portal.drips:
                    time.sleep(0.02)
        except OSError:
            pass

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def portal() -> Iterator[Portal]:
    """Open the portal on a free port of this machine."""
    played = Portal()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Handler,), {"portal": played}))
    server.daemon_threads = True
    played.url = f"http://127.0.0.1:{server.server_address[1]}/cep"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
