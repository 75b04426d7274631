"""The place that runs send to: the way there, its certificate, and its clock beside this machine's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from importer.config.setting_values import is_loopback
from importer.delivery.wire.probe import Obstacle, WayLook
from importer.ops.doctor.finding import Finding, Value, fine, warning, wrong
from importer.reports.saying.figures import counted, duration, latency
from importer.times import rfc3339

_DAY_S: Final = 86_400.0
_HARDLY_ANY_DAYS: Final = 3.0
_SKEW_S: Final = 60.0
_FAR_SKEW_S: Final = 600.0
_DATE_STEP_S: Final = 1.0
"""`Date` is cut off to whole seconds (RFC 9110, 5.6.7)."""
_UNKNOWN: Final = "not known: the target comes first"
_RENEWED: Final = "Whoever runs the API has to renew it."
_BUNDLE: Final = (
    "If your company's proxy or the API has an authority of its own, name the file of its certificates in"
    " REQUESTS_CA_BUNDLE."
)
_OBSTACLES: Final = {
    Obstacle.NO_NAME: (
        "its name is not found",
        "Look at the spelling of base_url, and at the network and the name server of this machine.",
    ),
    Obstacle.REFUSED: ("it refuses connections", "Look at the port of base_url, and whether the API is up."),
    Obstacle.SILENT: (
        "it does not answer",
        "Look whether the API is up. A firewall may be in between; a proxy is named in HTTPS_PROXY.",
    ),
    Obstacle.NO_BUNDLE: (
        "there is no file of certificates to trust",
        "Correct REQUESTS_CA_BUNDLE (or CURL_CA_BUNDLE), which names it, or install certifi again.",
    ),
    Obstacle.EXPIRED: ("its certificate has expired", f"{_RENEWED} Look at the clock of this machine first."),
    Obstacle.NOT_YET: ("its certificate is not valid yet", "Look at the clock of this machine."),
    Obstacle.OTHER_NAME: (
        "its certificate is for another name",
        "Write base_url with the name that the certificate is for; do not send where that does not fit.",
    ),
    Obstacle.NOT_TRUSTED: ("its certificate is not trusted", _BUNDLE),
    Obstacle.NO_TLS: ("no TLS comes about", "Look at the port of base_url, and whether a proxy is in between."),
    Obstacle.PROXY: ("the proxy does not let it through", "Look at HTTPS_PROXY and NO_PROXY, and ask who runs it."),
    Obstacle.SOCKS: ("SOCKS proxies are not supported", "Name an HTTP proxy in HTTPS_PROXY, or set NO_PROXY."),
    Obstacle.UNREACHABLE: ("it cannot be reached", "Look at the network of this machine, and whether the API is up."),
    Obstacle.CLOSED: ("it closes the connection without an answer", "Look at the scheme and the port of base_url."),
    Obstacle.NO_HTTP: ("what answers there is no HTTP", "Look at base_url: its scheme, its host and its port."),
}
_OF_CERTIFICATES: Final = frozenset({Obstacle.EXPIRED, Obstacle.NOT_YET, Obstacle.OTHER_NAME, Obstacle.NOT_TRUSTED})


def about_target(base_url: str, probe: WayLook, *, soon_days: float) -> Iterator[Finding]:
    """Yield what is to be said of the target, its certificate and its clock.

    Args:
        base_url: The target.
        probe: What was seen on the way there.
        soon_days: With fewer days left, a certificate is a warning.
    """
    yield _target(base_url, probe)
    yield _certificate(probe, soon_days)
    yield _clock(probe)


def _target(base_url: str, probe: WayLook) -> Finding:
    values: dict[str, Value] = {
        "base_url": base_url,
        "proxy": probe.proxy or None,
        "tls": probe.tls or None,
        "http_status": probe.status,
        "latency_ms": round(probe.took_s * 1000, 3) if probe.status is not None else None,
        "obstacle": probe.obstacle,
    }
    through = f", through the proxy {probe.proxy}" if probe.proxy else ""
    here = "" if not is_loopback(base_url) else ", on this machine" + ("" if probe.is_encrypted else ", without TLS")
    if probe.obstacle is not None:
        sentence, to_do = _OBSTACLES[probe.obstacle]
        reason = f" ({probe.reason})" if probe.reason else ""
        named = f" ({probe.trusted})" if probe.obstacle is Obstacle.NO_BUNDLE else reason
        return wrong("target", f"{base_url}{here}{through}: {sentence}{named}", to_do, **values)
    status = probe.status or 0
    found = f"{base_url}{here}{through}: answers in {latency(probe.took_s)}{_over(probe)}"
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return wrong(
            "target", f"{found}: the proxy wants to know who asks", "Put user and password into HTTPS_PROXY.", **values
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED:
        return warning("target", f"{found}, with {status}", "The API may be down: look again later.", **values)
    return fine("target", found, **values)


def _over(probe: WayLook) -> str:
    return f" over {probe.tls.replace('v', ' ')}" if probe.tls else ""


def _certificate(probe: WayLook, soon_days: float) -> Finding:
    values: dict[str, Value] = {"days_left": None, "valid_until": None, "trusted_by": None}
    if not probe.is_encrypted:
        return fine("certificate", "none: plain http, to this machine only", **values)
    values["trusted_by"] = probe.trusted
    if probe.obstacle in _OF_CERTIFICATES:
        sentence, to_do = _OBSTACLES[probe.obstacle]
        return wrong("certificate", f"{sentence}{f' ({probe.reason})' if probe.reason else ''}", to_do, **values)
    if probe.not_after is None:
        return warning("certificate", _UNKNOWN, "", **values)
    left = (probe.not_after - probe.asked_at) / _DAY_S
    until = rfc3339(probe.not_after)
    values |= {"days_left": round(left, 2), "valid_until": until}
    found = f"trusted, and valid for {counted(math.floor(left), 'more day')}, until {until[:10]}"
    # One that is made for a few days only is renewed later.
    lasts = (probe.not_after - (probe.not_before or 0.0)) / _DAY_S
    if left < min(_HARDLY_ANY_DAYS, lasts / 10):
        return wrong("certificate", found, _RENEWED, **values)
    if left < min(soon_days, lasts / 3):
        return warning("certificate", found, _RENEWED, **values)
    return fine("certificate", f"{found}{_bundle(probe)}", **values)


def _bundle(probe: WayLook) -> str:
    """Return where the certificates are that are trusted, where that is not as usual."""
    return "" if Path(probe.trusted).name == "cacert.pem" else f", by {probe.trusted}"


def _clock(probe: WayLook) -> Finding:
    if probe.status is None:
        return warning("clock", _UNKNOWN, skew_s=None)
    try:
        told = parsedate_to_datetime(probe.date).timestamp() + probe.age_s if probe.date else None
    except ValueError:
        told = None
    if told is None:
        return warning("clock", "not known: the API does not say what time it is", skew_s=None)
    skew_s = _skew(told, probe.asked_at, probe.asked_at + probe.took_s)
    value = round(skew_s, 3)
    if abs(skew_s) < _SKEW_S:
        return fine("clock", "this machine's is that of the API", skew_s=value)
    way = "behind" if skew_s > 0 else "ahead of"
    found = f"this machine's is {duration(abs(skew_s))} {way} the API's"
    to_do = "Have this machine's clock set by the network, as with `timedatectl set-ntp true`."
    return (wrong if abs(skew_s) > _FAR_SKEW_S else warning)("clock", found, to_do, skew_s=value)


def _skew(told: float, asked_at: float, answered_at: float) -> float:
    """Return how far another clock is ahead of this one at least, in seconds; 0 where it may be the same.

    Example: `_skew(100.0, 100.4, 100.9)` is `0.0`.

    Args:
        told: What it said, cut off to whole seconds.
        asked_at: By this clock.
        answered_at: The same.
    """
    if told > answered_at:
        return told - answered_at
    return min(0.0, told + _DATE_STEP_S - asked_at)
