"""Files that are never read because they look as if they hold secrets.

Told by the name and by the folders above; a private key is told by its first line as well. Errs
towards secrecy: a module called ``credentials.py`` is left alone, too.
"""

import re
from functools import lru_cache
from pathlib import PurePath

_PRIVATE_FOLDERS = frozenset(
    {".aws", ".azure", ".docker", ".gcloud", ".gnupg", ".kube", ".ssh", ".password-store"}
)
_PRIVATE_SUFFIXES = frozenset(
    {
        ".asc", ".gpg", ".jks", ".kdb", ".kdbx", ".key", ".keychain", ".keystore", ".ovpn", ".p12",
        ".p8", ".pem", ".pfx", ".pgp", ".pkcs12", ".ppk", ".tfstate", ".tfvars",
    }
)  # fmt: skip
_DATA_SUFFIXES = frozenset(
    {
        "", ".bash", ".cfg", ".conf", ".config", ".csv", ".ini", ".json", ".properties", ".sh",
        ".toml", ".txt", ".xml", ".yaml", ".yml",
    }
)  # fmt: skip
_PRIVATE_NAME = re.compile(
    r"""
      \.env(rc)?([._-].*)? | .*\.env                          # .env, .env.local, production.env
    | id_(rsa|dsa|ecdsa|ed25519)([._-].*)?                    # also id_rsa.old
    | [._](netrc|npmrc|yarnrc|pypirc|pgpass|htpasswd|boto|s3cfg|dockercfg|git-credentials|my\.cnf)
    | htpasswd | shadow | \.?vault[-_]?(pass(word)?|token)([._-].*)?
    | (local[._-])?(secrets?|credentials?|passwords?|passwd|private[._-]?keys?)(\..*)?
    | .*\.(tfstate|tfvars)(\..*)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PRIVATE_DATA_NAME = re.compile(
    r"(.*[._-])?(secrets?|credentials?|passwords?|(service|private|api|access)[._-]?(account|key)s?)"
    r"([._-].*)?",
    re.IGNORECASE,
)
"""Too broad for code, of which much is about passwords without holding one."""
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----")


def looks_private(path: PurePath) -> bool:
    """Whether the name says that there are secrets inside."""
    return has_private_name(path.name) or is_private_folder(path.parent)


def has_private_name(name: str) -> bool:
    """Whether a file's name alone says so."""
    stem, dot, ending = name.lower().rpartition(".")
    suffix = dot + ending if stem and ending else ""
    return (
        _PRIVATE_NAME.fullmatch(name) is not None
        or suffix in _PRIVATE_SUFFIXES
        or (suffix in _DATA_SUFFIXES and _PRIVATE_DATA_NAME.fullmatch(name) is not None)
    )


@lru_cache(maxsize=1024)
def is_private_folder(folder: PurePath) -> bool:
    """Whether a folder, or one above it, says so of all that is in it."""
    return any(part.lower() in _PRIVATE_FOLDERS for part in folder.parts)


def holds_private_key(text: str) -> bool:
    """Whether a private key stands in ``text``."""
    return "PRIVATE KEY" in text and _PRIVATE_KEY.search(text) is not None
