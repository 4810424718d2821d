"""The ways to bend a key, as Python expressions for a file that has nothing of ours: each gives another key, whatever
the real one looks like."""

from collections.abc import Mapping

from harness.model import Bend

EXPRESSIONS: Mapping[Bend, str] = {
    Bend.LAST_CHANGED: "last_changed({0})",
    Bend.FIRST_CHANGED: "first_changed({0})",
    Bend.CASE_SWAPPED: "{0}.swapcase()",
    Bend.REVERSED: "{0}[::-1]",
    Bend.SHORTENED: '{0}.rstrip("=")[:-1]',
    Bend.LENGTHENED: '{0}.rstrip("=") + "0000"',
    Bend.RANDOM_ALIKE: "random_alike({0})",
    Bend.ZEROS: '"0" * len({0})',
    Bend.HASHED_SHA1: "hashlib.sha1({0}.encode()).hexdigest()",
    Bend.HASHED_SHA256: "hashlib.sha256({0}.encode()).hexdigest()",
    Bend.UNSIGNED: '{0}.rpartition(".")[0] + "."',
    Bend.ALG_NONE: 'headed("none", {0})',
    Bend.ALG_NONE_MIXED: 'headed("nOnE", {0})',
    Bend.ALG_NONE_SIGNED: 'headed("none", {0}) + {0}.rpartition(".")[2]',
    Bend.EMPTY_SECRET: 'resigned(b"", {0})',
    Bend.WELL_KNOWN_SECRET: 'resigned(b"secret", {0})',
}

_LETTERS = """LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits


def other(char: str) -> str:
    \"\"\"A letter or digit in its place which also means something else where the key is bytes in base64.\"\"\"
    return LETTERS[(LETTERS.index(char) + 32) % 62] if char in LETTERS else "0"
"""
_KIND = r"""# What stands before many keys and says of what kind they are: without it a key has not the right shape.
KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*[_-](?=[A-Za-z0-9]{16,}\Z)", re.ASCII)
"""
_HEADED = '''def headed(algorithm: str, key: str) -> str:
    """The claims of a signed token under another header, without a signature."""
    header = json.dumps({"alg": algorithm, "typ": "JWT"}, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(header).decode().rstrip("=") + "." + key.split(".")[1] + "."
'''
_RESIGNED = f'''{_HEADED}

def resigned(secret: bytes, key: str) -> str:
    """The claims of a signed token, signed with another secret."""
    content = headed("HS256", key)
    digest = hmac.digest(secret, content[:-1].encode(), "sha256")
    return content + base64.urlsafe_b64encode(digest).decode().rstrip("=")
'''
HELPERS: Mapping[Bend, str] = {
    Bend.LAST_CHANGED: f'''{_KIND}

{_LETTERS}

def last_changed(key: str) -> str:
    """The key with another last character, which is a digit where the key is written in digits."""
    core = key.rstrip("=")
    digits = all(char in string.hexdigits for char in KIND.sub("", key) if char.isalnum())
    last = "10"[core[-1:] == "1"] if digits else other(core[-1:])
    return core[:-1] + last + key[len(core) :]
''',
    Bend.FIRST_CHANGED: f'''{_LETTERS}

def first_changed(key: str) -> str:
    """The key, or the signature of a signed one, with another first character."""
    start = key.rfind(".") + 1
    return key[:start] + other(key[start : start + 1]) + key[start + 1 :]
''',
    Bend.RANDOM_ALIKE: f'''{_KIND}

def random_alike(key: str) -> str:
    """A random text of the key's kind, length and alphabet."""
    kind = KIND.match(key)
    start = kind.end() if kind else 0
    alphabets = (string.hexdigits[:16], string.digits, string.ascii_lowercase, string.ascii_letters + string.digits)
    letters = {{char for char in key[start:] if char.isalnum()}}
    alphabet = next((one for one in alphabets if letters <= set(one)), alphabets[-1])
    return key[:start] + "".join(secrets.choice(alphabet) if char.isalnum() else char for char in key[start:])
''',
    **dict.fromkeys((Bend.ALG_NONE, Bend.ALG_NONE_MIXED, Bend.ALG_NONE_SIGNED), _HEADED),
    **dict.fromkeys((Bend.EMPTY_SECRET, Bend.WELL_KNOWN_SECRET), _RESIGNED),
}
IMPORTS: Mapping[Bend, tuple[str, ...]] = {
    Bend.LAST_CHANGED: ("re", "string"),
    Bend.FIRST_CHANGED: ("string",),
    Bend.RANDOM_ALIKE: ("re", "secrets", "string"),
    Bend.HASHED_SHA1: ("hashlib",),
    Bend.HASHED_SHA256: ("hashlib",),
    **dict.fromkeys((Bend.ALG_NONE, Bend.ALG_NONE_MIXED, Bend.ALG_NONE_SIGNED), ("base64", "json")),
    **dict.fromkeys((Bend.EMPTY_SECRET, Bend.WELL_KNOWN_SECRET), ("base64", "hmac", "json")),
}
