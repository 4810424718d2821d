"""What was seen in the state: it counts whatever the status said, and whatever the controls did."""

from harness.model import Confidence, Effect, Evidence, Expect, Forbid, Outcome, Probe, Verdict, shows


def effect_verdict(probe: Probe, evidence: Evidence) -> Verdict | None:
    """BYPASSED by what was seen in the state; status and controls have no say in it."""
    found = forbidden(probe, evidence)
    if found:
        predicate, effect = found
        why = effect.outside_rule.get(predicate.name, "")
        late = "; seen only later" if evidence.late else ""
        detail = f"{effect}{': ' + why if why else ''}{late}"
        reason = "advisory" if probe.advisory else predicate.predicate
        worst = probe.worst if predicate.worst is Outcome.BYPASSED else predicate.worst
        return Verdict(worst, reason, Confidence.STATE, detail)
    if evidence.suspects:
        late = "seen only later, on the canary that all of these struck: "
        said = late if evidence.late else "one of these had the effect, and none has it again alone: "
        detail = said + ", ".join(evidence.suspects)
        return Verdict(probe.worst, "group", Confidence.STATE, detail)
    return None


def forbidden(probe: Probe, evidence: Evidence) -> tuple[Forbid, Effect] | None:
    """The first effect that the probe must not have had."""
    pairs = ((forbid, effect) for effect in evidence.effects for forbid in probe.mutant.forbids)
    return next((pair for pair in pairs if _matches(*pair)), None)


def _matches(forbid: Forbid, effect: Effect) -> bool:
    match forbid.predicate:
        case "any-change":
            return True
        case "outside-scope":
            return not effect.inside
        case "beyond-filter":
            return not effect.asked
        case "stored-outside-rule":
            return forbid.name in effect.outside_rule
        case "field-stored":
            return forbid.name in effect.values and effect.values[forbid.name] == forbid.value
        case "foreign-change":
            return effect.foreign
    return False


def _told_apart(probe: Probe, evidence: Evidence) -> bool:
    """Whether a field that counts was seen to hold what it holds without the mutant, by a reader that was shown another
    value, too; nothing is asked of an object that was not made."""
    names = {one.name for one in probe.mutant.forbids if one.name}
    kept = [one for one in evidence.effects if one.kind != "deleted"]
    if not kept and probe.operation.method == "POST" and not any(one.ok for one in evidence.attempts):
        return True
    usual = evidence.usual
    return names <= usual.keys() and all(one.values.get(name) == usual[name] for one in kept for name in names)


def field_unread(probe: Probe, evidence: Evidence) -> bool:
    names = {one.name for one in probe.mutant.forbids if one.predicate == "stored-outside-rule"}
    if probe.mutant.expect is Expect.IGNORED:
        return not _told_apart(probe, evidence)
    kept = [one for one in evidence.effects if one.kind != "deleted"]
    return any(not shows(effect.values, name) for name in names for effect in kept)
