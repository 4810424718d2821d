"""What answers have in common, and the verdicts that many rules come to."""

from urllib.parse import unquote, urljoin, urlsplit

from harness.model import GATEWAY, Confidence, Evidence, Exchange, Json, Look, Outcome, Proof, Verdict
from harness.oracle.words import says_no


def alike(one: Exchange, other: Exchange) -> bool:
    """Same status, media type, JSON root type and JSON keys."""
    return _face(one) == _face(other)


def _face(exchange: Exchange) -> tuple[Json, ...]:
    return exchange.status, exchange.media_type, type(exchange.json).__name__, exchange.json_keys


def soft(evidence: Evidence) -> bool:
    """Whether a 200 says no, in a body unlike the control's answer and like that of the reference."""
    answer, control = telling(evidence), evidence.before.exchange if evidence.before else None
    differs = control is not None and (answer.status, answer.json_keys) != (control.status, control.json_keys)
    echoed = evidence.reference is not None and alike(answer, evidence.reference)
    return answer.status == 200 and differs and echoed and says_no(answer)


def crashed(exchange: Exchange) -> bool:
    return exchange.status is None or exchange.status >= 500


def unsaid(exchange: Exchange) -> bool:
    """Whether the answer is somebody else's, or none: what the server would have said is not known."""
    return exchange.status is None or exchange.status == 429 or exchange.status in GATEWAY


def status_of(proof: Proof | None) -> int | None:
    return proof.exchange.status if proof and proof.exchange else None


def place(exchange: Exchange) -> str:
    return (exchange.header("location") or "").partition("?")[0]


def sent_back(answer: Exchange) -> bool:
    """Whether it is only sent to its own path, with a slash more or less, or to one above it, as a form that was taken
    is: no login is there."""
    own = answer.request.target.partition("?")[0]
    try:
        told = urlsplit(urljoin(own, place(answer))).path
    except ValueError:
        return False
    return (unquote(own).rstrip("/") + "/").startswith(unquote(told).rstrip("/") + "/")


def telling(evidence: Evidence) -> Exchange:
    """The attempt that says most against the server: a success if there was one, else the last."""
    return next((one for one in evidence.attempts if one.ok), evidence.attempts[-1])


def unread(evidence: Evidence) -> Verdict | None:
    """INCONCLUSIVE where nobody saw that nothing happened."""
    match evidence.look:
        case Look.UNCHANGED:
            return None
        case Look.NOISE:
            return inconclusive("noise", "something changed that no probe accounts for")
        case Look.UNREADABLE | Look.NOT:
            return inconclusive("unobserved", "its effect could not have been seen")


def held(reason: str, evidence: Evidence) -> Verdict:
    blind = unread(evidence)
    if blind:
        return blind
    attested = evidence.identity.startswith("attested")
    return Verdict(Outcome.HELD, reason, Confidence.ATTESTED if attested else Confidence.STATE)


def inconclusive(reason: str, detail: str = "") -> Verdict:
    return Verdict(Outcome.INCONCLUSIVE, reason, detail=detail)
