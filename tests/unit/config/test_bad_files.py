"""Every way to write a target file wrongly, with the very lines that are printed."""

from datetime import timedelta
from pathlib import Path

import pytest

from harness.config import load, today
from harness.errors import ConfigError

HEAD = "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n"
ENVIRONMENT = {"EMPTY": "", "LINE": "abc123\n", "TAB": "abc\t123", "KEY": "abc123"}

CASES: dict[str, tuple[str, list[str]]] = {
    "empty file": (
        "",
        [
            "t:1:1: must be a mapping of words to values; begin with 'version: 1'",
        ],
    ),
    "a list": (
        "- version: 1\n",
        [
            "t:1:1: must be a mapping of words to values; begin with 'version: 1'",
        ],
    ),
    "a scalar": (
        "version\n",
        [
            "t:1:1: must be a mapping of words to values; begin with 'version: 1'",
        ],
    ),
    "not yaml": (
        "version: 1\nname: 'staging\n",
        [
            "t:3:1: is not YAML: found unexpected end of stream; mend it, or quote the value",
        ],
    ),
    "a tab": (
        "version: 1\n\tname: x\n",
        [
            "t:2:1: is not YAML: found a tab character that violates indentation; mend it, or quote the value",
        ],
    ),
    "nothing but version": (
        "version: 1\n",
        [
            "t:1:1: 'name' is missing; add it, like 'name: staging'",
            "t:1:1: 'base_url' is missing; add it, like 'base_url: http://127.0.0.1:8000'",
            "t:1:1: 'openapi' is missing; add it, like 'openapi: openapi.yaml'",
        ],
    ),
    "version two": (
        "version: 2\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n",
        [
            "t:1:1: version: must be 1",
        ],
    ),
    "version as text": (
        "version: '1'\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n",
        [
            "t:1:1: version: must be 1",
        ],
    ),
    "word given twice": (
        HEAD + "name: other\n",
        [
            "t:5:1: 'name' is given twice in one mapping; keep one of them",
        ],
    ),
    "unknown word": (
        HEAD + "identites: {}\n",
        [
            "t:5:1: unknown word 'identites'; did you mean 'identities'?",
        ],
    ),
    "unknown word, none near": (
        HEAD + "zzz: 1\n",
        [
            (
                "t:5:1: unknown word 'zzz'; known here: version, name, base_url, openapi, environment, tls, proof, "
                "auth, identities, public, protected, expect, denied_when, resources, fixtures, parameters, "
                "operations, urls, limits, policy, accept, disposable"
            ),
        ],
    ),
    "unknown word that may be a secret": (
        HEAD + "identities: {admin: {key: abc, 5up3rs3cret: 1}}\n",
        [
            (
                "t:5:32: identities.admin: unknown word; known here: username, key, privileged, state, may, alive, "
                "auth, cookie, of, throwaway, resource"
            ),
        ],
    ),
    "several at once": (
        (
            "version: 1\nname: ''\nbase_url: ftp://x\nidentities:\n  Admin: {kye: 1}\n  guest: {key: "
            "abc}\nlimits: {deadline: 10}\n"
        ),
        [
            "t:1:1: 'openapi' is missing; add it, like 'openapi: openapi.yaml'",
            "t:2:1: name: must be one line of text, not empty, without control characters or space around it",
            (
                "t:3:1: base_url: must be http:// or https://, a host, and perhaps a port and a path, "
                "like http://127.0.0.1:8000"
            ),
            "t:5:3: identities.Admin: must begin with a small letter and hold only a-z, 0-9, _ and -; rename it",
            (
                "t:5:3: identities.Admin: has neither 'username' nor 'key'; give it one, or remove it: "
                "a guest needs no entry"
            ),
            "t:5:11: identities.Admin: unknown word 'kye'; did you mean 'key'?",
            "t:6:3: identities.guest: 'guest' always means the caller without a credential; choose another name",
            "t:7:10: limits.deadline: must be a number with its unit, like 500ms, 10s or 2m, and at most 60m",
        ],
    ),
    "tag": (
        HEAD + "identities: {admin: {key: !python/object:os.system x}}\n",
        [
            "t:5:27: tags are refused; leave it out, or quote a value that begins with '!'",
        ],
    ),
    "key that looks like a tag": (
        HEAD + "identities: {admin: {key: !s3cret}}\n",
        [
            "t:5:34: is not YAML: did not find expected whitespace or line break; mend it, or quote the value",
        ],
    ),
    "key that looks like an alias": (
        HEAD + "identities: {admin: {key: *s3cret}}\n",
        [
            "t:5:27: no anchor of this name ends before it; quote a value that begins with '*'",
        ],
    ),
    "name with line break": (
        'version: 1\nname: "a\\nb"\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n',
        [
            "t:2:1: name: must be one line of text, not empty, without control characters or space around it",
        ],
    ),
    "name is a number": (
        "version: 1\nname: 12\nbase_url: http://127.0.0.1:8000\nopenapi: openapi.yaml\n",
        [
            "t:2:1: name: must be text; put it in quotes",
        ],
    ),
    "base_url with password": (
        "version: 1\nname: staging\nbase_url: http://admin:s3cret@127.0.0.1:8000\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: must not hold a user name or password; name them under 'identities'",
        ],
    ),
    "base_url with query": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000/?key=s3cret\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: must not hold a query or fragment; end it after the path prefix",
        ],
    ),
    "base_url without scheme": (
        "version: 1\nname: staging\nbase_url: 127.0.0.1:8000\nopenapi: openapi.yaml\n",
        [
            (
                "t:3:1: base_url: must be http:// or https://, a host, and perhaps a port and a path, "
                "like http://127.0.0.1:8000"
            ),
        ],
    ),
    "base_url with impossible port": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:80000\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: has a port that is none; use one from 1 to 65535",
        ],
    ),
    "base_url with dots": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000/api/../v1\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: has an empty or dotted segment in its path; write the path plainly",
        ],
    ),
    "base_url with bad IPv6": (
        "version: 1\nname: staging\nbase_url: http://[::1::]:8000\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: has an IPv6 address that is none; write it like [::1]",
        ],
    ),
    "base_url elsewhere": (
        "version: 1\nname: staging\nbase_url: http://staging.example.org:8000\nopenapi: openapi.yaml\n",
        [
            (
                "t:3:1: base_url: is not this machine, and nothing shows that its owner wants it tested; run "
                "`holdfast proof`, serve its token there, and write it under 'proof'"
            ),
        ],
    ),
    "base_url that resembles loopback": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1.example.org:8000\nopenapi: openapi.yaml\n",
        [
            (
                "t:3:1: base_url: is not this machine, and nothing shows that its owner wants it tested; run "
                "`holdfast proof`, serve its token there, and write it under 'proof'"
            ),
        ],
    ),
    "base_url from a variable": (
        "version: 1\nname: staging\nbase_url: ${KEY}\nopenapi: openapi.yaml\n",
        [
            (
                "t:3:1: base_url: ${VAR} is allowed in identities.*.key, identities.*.cookie and proof only; write the "
                "value itself here"
            ),
        ],
    ),
    "base_url is a number": (
        "version: 1\nname: staging\nbase_url: 8000\nopenapi: openapi.yaml\n",
        [
            "t:3:1: base_url: must be text, like http://127.0.0.1:8000",
        ],
    ),
    "openapi as URL": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: http://127.0.0.1/openapi.json\n",
        [
            "t:4:1: openapi: must be a file beside this one, or a path under base_url that begins with /",
        ],
    ),
    "openapi as list": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi: [a, b]\n",
        [
            ("t:4:1: openapi: must be a file beside this one, a path under base_url, or {from: /path, as: identity}"),
        ],
    ),
    "openapi empty": (
        "version: 1\nname: staging\nbase_url: http://127.0.0.1:8000\nopenapi:\n",
        [
            "t:4:1: openapi: is empty; give it a value, or remove it",
        ],
    ),
    "environment": (
        HEAD + "environment: prod\n",
        [
            "t:5:1: environment: must be 'local', 'staging' or 'production'",
        ],
    ),
    "auth as list": (
        HEAD + "auth: [header]\n",
        [
            "t:5:1: auth: must be a mapping of words to values",
        ],
    ),
    "auth without channel": (
        HEAD + "auth: {key: {}}\n",
        [
            "t:5:8: auth.key: 'channel' is missing; add it, like 'channel: header'",
        ],
    ),
    "auth channel unknown": (
        HEAD + "auth: {key: {channel: body}}\n",
        [
            "t:5:14: auth.key.channel: must be 'header', 'query', 'form', 'json', 'cookie', 'basic' or 'bearer'",
        ],
    ),
    "auth name in capitals": (
        HEAD + "auth: {KEY: {channel: basic}}\n",
        [
            "t:5:8: auth.KEY: must begin with a small letter and hold only a-z, 0-9, _ and -; rename it",
        ],
    ),
    "auth header name": (
        HEAD + "auth: {key: {channel: header, name: 'X Key'}}\n",
        [
            "t:5:31: auth.key.name: must be a header's name, like Authorization",
        ],
    ),
    "template without key": (
        HEAD + 'auth: {key: {channel: header, template: "ApiKey {username}"}}\n',
        [
            "t:5:31: auth.key.template: must hold {key}, or no secret is sent; put it where the key belongs",
        ],
    ),
    "template with another slot": (
        HEAD + 'auth: {key: {channel: header, template: "Bearer {tokn}"}}\n',
        [
            (
                "t:5:31: auth.key.template: only {username}, {key} and {token} can stand in braces; write the rest "
                "without braces"
            ),
        ],
    ),
    "template with a loose brace": (
        HEAD + 'auth: {key: {channel: header, template: "{{key}"}}\n',
        [
            (
                "t:5:31: auth.key.template: only {username}, {key} and {token} can stand in braces; write the rest "
                "without braces"
            ),
        ],
    ),
    "template for bearer": (
        HEAD + 'auth: {key: {channel: bearer, template: "{key}"}}\n',
        [
            "t:5:31: auth.key.template: belongs to 'channel: header' only; remove it, or use that channel",
        ],
    ),
    "identity without anything": (
        HEAD + "identities: {admin: {}}\n",
        [
            (
                "t:5:14: identities.admin: has neither 'username' nor 'key'; give it one, or remove "
                "it: a guest needs no entry"
            ),
        ],
    ),
    "identity is empty": (
        HEAD + "identities:\n  admin:\n",
        [
            "t:6:3: identities.admin: is empty; give it a value, or remove it",
        ],
    ),
    "identity is text": (
        HEAD + "identities: {admin: s3cret}\n",
        [
            "t:5:14: identities.admin: must be a mapping of words to values",
        ],
    ),
    "key is empty": (
        HEAD + "identities:\n  admin:\n    username: admin\n    key:\n",
        [
            "t:8:5: identities.admin.key: is empty; give it a value, or remove it",
        ],
    ),
    "key is empty text": (
        HEAD + "identities: {admin: {key: ''}}\n",
        [
            (
                "t:5:22: identities.admin.key: must be one line of text, not empty, without control "
                "characters or space around it"
            ),
        ],
    ),
    "key is a number": (
        HEAD + "identities: {admin: {key: 123456}}\n",
        [
            "t:5:22: identities.admin.key: must be text; put it in quotes",
        ],
    ),
    "key forgotten": (
        HEAD + "identities: {admin: {username: a, 5ecretZq}}\n",
        [
            (
                "t:5:35: identities.admin: unknown word; known here: username, key, privileged, state, may, alive, "
                "auth, cookie, of, throwaway, resource"
            ),
        ],
    ),
    "empties and variables under an unknown word": (
        HEAD + "acount: {a: null, b: '${KEY}'}\n",
        [
            "t:5:1: unknown word 'acount'; did you mean 'auth'?",
        ],
    ),
    "key is a mapping": (
        HEAD + "identities: {admin: {key: {s3cret}}}\n",
        [
            "t:5:22: identities.admin.key: must be text; put it in quotes",
        ],
    ),
    "key with space": (
        HEAD + "identities: {admin: {key: 's3cret '}}\n",
        [
            (
                "t:5:22: identities.admin.key: must be one line of text, not empty, without control "
                "characters or space around it"
            ),
        ],
    ),
    "variable not set": (
        HEAD + "identities:\n  admin: {key: '${ADMIN_KEY}'}\n",
        [
            "t:6:11: identities.admin.key: variable ADMIN_KEY is not set; set it to the key",
        ],
    ),
    "variable empty": (
        HEAD + "identities: {admin: {key: '${EMPTY}'}}\n",
        [
            "t:5:22: identities.admin.key: variable EMPTY is empty; set it to the key",
        ],
    ),
    "variable with line break": (
        HEAD + "identities: {admin: {key: '${LINE}'}}\n",
        [
            (
                "t:5:22: identities.admin.key: variable LINE holds a line break, a control character "
                "or space at an end; set it to the key alone"
            ),
        ],
    ),
    "variable with control character": (
        HEAD + "identities: {admin: {key: 'Bearer ${TAB}'}}\n",
        [
            (
                "t:5:22: identities.admin.key: variable TAB holds a line break, a control character or "
                "space at an end; set it to the key alone"
            ),
        ],
    ),
    "variable with default": (
        HEAD + "identities: {admin: {key: '${KEY:-s3cret}'}}\n",
        [
            (
                "t:5:22: identities.admin.key: holds a '${' that begins no variable; write ${NAME}, or "
                "put the whole key into a variable"
            ),
        ],
    ),
    "variable for username": (
        HEAD + "identities: {admin: {username: '${KEY}'}}\n",
        [
            (
                "t:5:22: identities.admin.username: ${VAR} is allowed in identities.*.key, identities.*.cookie and "
                "proof only; write the value itself here"
            ),
        ],
    ),
    "variable in a body": (
        HEAD + "resources: {thing: {body: {a: ['${KEY}']}}}\n",
        [
            (
                "t:5:32: resources.thing.body.a[0]: ${VAR} is allowed in identities.*.key, identities.*.cookie and "
                "proof only; write the value itself here"
            ),
        ],
    ),
    "username is a number": (
        HEAD + "identities: {admin: {username: 12, key: abc}}\n",
        [
            "t:5:22: identities.admin.username: must be text; put it in quotes",
        ],
    ),
    "privileged is text": (
        HEAD + "identities: {admin: {key: abc, privileged: yes}}\n",
        [
            "t:5:32: identities.admin.privileged: must be true or false",
        ],
    ),
    "privileged with may": (
        HEAD + "identities: {admin: {key: abc, privileged: true, may: [GET /**]}}\n",
        [
            "t:5:50: identities.admin.may: a privileged identity may do everything; remove 'may' or 'privileged'",
        ],
    ),
    "state unknown": (
        HEAD + "identities: {admin: {key: abc, state: dead}}\n",
        [
            "t:5:32: identities.admin.state: must be 'inactive', 'revoked', 'rotated' or 'expired'",
        ],
    ),
    "may is text": (
        HEAD + "identities: {admin: {key: abc, may: GET /**}}\n",
        [
            "t:5:32: identities.admin.may: must be a list, like [a, b]",
        ],
    ),
    "may with unknown method": (
        HEAD + "identities: {admin: {key: abc, may: [GET /x, FETCH /x]}}\n",
        [
            (
                "t:5:46: identities.admin.may[1]: must begin with a method and a space; the methods "
                "are GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, TRACE"
            ),
        ],
    ),
    "may without path": (
        HEAD + "identities: {admin: {key: abc, may: [GET x]}}\n",
        [
            "t:5:38: identities.admin.may[0]: must be METHOD /path, like GET /api/**",
        ],
    ),
    "alive with a star": (
        HEAD + "identities: {admin: {key: abc, alive: GET /users/*}}\n",
        [
            "t:5:32: identities.admin.alive: names one operation; write its path without *",
        ],
    ),
    "auth not there": (
        HEAD + "auth: {key: {channel: basic}}\nidentities: {admin: {username: a, key: abc, auth: kay}}\n",
        [
            "t:6:45: identities.admin.auth: is no entry of 'auth'; there is key",
        ],
    ),
    "auth without section": (
        HEAD + "identities: {admin: {key: abc, auth: kay}}\n",
        [
            "t:5:32: identities.admin.auth: is no entry of 'auth'; add that section, or remove this word",
        ],
    ),
    "username needed by the first way": (
        HEAD + "auth: {one: {channel: basic}, two: {channel: bearer}}\nidentities: {admin: {key: abc}}\n",
        [
            "t:6:14: identities.admin: 'one' sends a user name, but this identity has no 'username'; add it",
        ],
    ),
    "username needed by template": (
        HEAD
        + ('auth: {key: {channel: header, template: "ApiKey {username}:{key}"}}\nidentities: {admin: {key: abc}}\n'),
        [
            "t:6:14: identities.admin: 'key' sends a user name, but this identity has no 'username'; add it",
        ],
    ),
    "username needed by basic": (
        HEAD + "auth: {key: {channel: basic}}\nidentities: {admin: {key: abc}}\n",
        [
            "t:6:14: identities.admin: 'key' sends a user name, but this identity has no 'username'; add it",
        ],
    ),
    "same account twice": (
        HEAD + "identities:\n  admin: {username: a, key: abc123}\n  plain: {username: a, key: '${KEY}'}\n",
        [
            "t:7:3: identities.plain: is the same account as 'admin'; give it a credential of its own, or remove it",
        ],
    ),
    "public with lower case": (
        HEAD + "public: [get /**]\n",
        [
            (
                "t:5:10: public[0]: must begin with a method and a space; the methods are GET, HEAD, "
                "OPTIONS, POST, PUT, PATCH, DELETE, TRACE"
            ),
        ],
    ),
    "public empty": (
        HEAD + "public:\n",
        [
            "t:5:1: public: is empty; give it a value, or remove it",
        ],
    ),
    "expect is one number": (
        HEAD + "expect: {invalid: 422}\n",
        [
            "t:5:10: expect.invalid: must be a list, like [a, b]",
        ],
    ),
    "expect out of range": (
        HEAD + "expect: {unauthenticated: [401, 42], forbidden: []}\n",
        [
            "t:5:33: expect.unauthenticated[1]: must be from 100 to 599",
            "t:5:38: expect.forbidden: must name at least one status, like [401, 403]",
        ],
    ),
    "expect text": (
        HEAD + "expect: {forbidden: ['403']}\n",
        [
            "t:5:22: expect.forbidden[0]: must be a whole number",
        ],
    ),
    "denied_when without status": (
        HEAD + "denied_when: [{location: /login}]\n",
        [
            "t:5:15: denied_when[0]: 'status' is missing; add it, like 'status: 302'",
        ],
    ),
    "denied_when path": (
        HEAD + "denied_when: [{status: 200, json: {success: false}}]\n",
        [
            "t:5:36: denied_when[0].json.success: must be a path into the answer, like $.error.code",
        ],
    ),
    "resource create": (
        HEAD + "resources: {thing: {create: GET /things/}}\n",
        [
            "t:5:21: resources.thing.create: must be a POST or PUT, like POST /things/",
        ],
    ),
    "resource item": (
        HEAD + "resources: {thing: {item: /things/}}\n",
        [
            "t:5:21: resources.thing.item: must hold the place of the id in braces, like /things/{id}/",
        ],
    ),
    "resource id": (
        HEAD + "resources: {thing: {id: body}}\n",
        [
            "t:5:21: resources.thing.id: must be location, a path into the answer like $.id, sent:FIELD or path:NAME",
        ],
    ),
    "resource id not in item": (
        HEAD + "resources: {thing: {item: '/things/{id}/', id: path:name}}\n",
        [
            "t:5:44: resources.thing.id: 'item' has no {name}; name a part of its path",
        ],
    ),
    "resource find": (
        HEAD + "resources: {thing: {find: /things/}}\n",
        [
            (
                "t:5:21: resources.thing.find: must begin with a method and a space; the methods are "
                "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, TRACE"
            ),
        ],
    ),
    "resource body": (
        HEAD + "resources: {thing: {body: [1]}}\n",
        [
            "t:5:21: resources.thing.body: must be a mapping of words to values",
        ],
    ),
    "never": (
        HEAD + "operations: {never: [POST]}\n",
        [
            "t:5:22: operations.never[0]: must be METHOD /path, like GET /api/**",
        ],
    ),
    "url prefix without slash": (
        HEAD + "urls: {allow: ['https://www.example.org']}\n",
        [
            (
                "t:5:16: urls.allow[0]: must be a URL prefix with a slash after its host, like "
                "https://www.example.org/, or https://, or a path"
            ),
        ],
    ),
    "url rules": (
        HEAD
        + (
            "urls:\n  fields:\n    a: {}\n    b: {suffix: .asc}\n    c: {suffix_of: url}\n    d: "
            "{suffix_of: d, suffix: .asc}\n    e: {rule: none, allow: ['https://']}\n    f: {rule: some}\n"
        ),
        [
            "t:7:5: urls.fields.a: says nothing; give it 'allow', 'suffix_of' or 'rule: none'",
            "t:8:9: urls.fields.b.suffix: needs 'suffix_of', the field that it is added to",
            "t:9:9: urls.fields.c.suffix_of: needs 'suffix', the text that is added",
            "t:10:9: urls.fields.d.suffix_of: is this field itself; name the one that it follows",
            "t:11:9: urls.fields.e.rule: 'none' stands alone; remove it, or the other words of this field",
            "t:12:9: urls.fields.f.rule: must be 'none'",
        ],
    ),
    "limits without unit": (
        HEAD + "limits: {deadline: 10}\n",
        [
            "t:5:10: limits.deadline: must be a number with its unit, like 500ms, 10s or 2m, and at most 60m",
        ],
    ),
    "limits too long": (
        HEAD + "limits: {settle: 61m}\n",
        [
            "t:5:10: limits.settle: must be a number with its unit, like 500ms, 10s or 2m, and at most 60m",
        ],
    ),
    "limits deadline of nothing": (
        HEAD + "limits: {deadline: 0s}\n",
        [
            "t:5:10: limits.deadline: must be longer than nothing, like 10s",
        ],
    ),
    "limits requests": (
        HEAD + "limits: {requests: many}\n",
        [
            "t:5:10: limits.requests: must be a whole number",
        ],
    ),
    "limits no requests": (
        HEAD + "limits: {requests: 0}\n",
        [
            "t:5:10: limits.requests: must be from 1 to 10000000",
        ],
    ),
    "limits rate without unit": (
        HEAD + "limits: {rate: 50}\n",
        ["t:5:10: limits.rate: must be requests for each second or minute, like 50/s or 90/m"],
    ),
    "limits rate of nothing": (
        HEAD + "limits: {rate: 0/s}\n",
        ["t:5:10: limits.rate: must be requests for each second or minute, like 50/s or 90/m"],
    ),
    "limits concurrency": (
        HEAD + "limits: {concurrency: 0}\n",
        ["t:5:10: limits.concurrency: must be from 1 to 256"],
    ),
    "limits failures": (
        HEAD + "limits: {failures_per_identity: 0}\n",
        ["t:5:10: limits.failures_per_identity: must be from 1 to 10000000"],
    ),
    "limits half a request": (
        HEAD + "limits: {requests: 1.5}\n",
        [
            "t:5:10: limits.requests: must be a whole number",
        ],
    ),
    "query without parameters": (
        HEAD + "auth: {key: {channel: query}}\n",
        [
            "t:5:8: auth.key: 'parameters' is missing; add it, like 'parameters: {api_key: \"{key}\"}'",
        ],
    ),
    "parameters without key": (
        HEAD + 'auth: {key: {channel: json, parameters: {user: "{username}"}}}\n',
        [
            "t:5:29: auth.key.parameters: must hold {key} in one of its values, or no secret is sent",
        ],
    ),
    "parameters in a header": (
        HEAD + 'auth: {key: {channel: bearer, parameters: {user: "{key}"}}}\n',
        [
            (
                "t:5:31: auth.key.parameters: belongs to the channels query, form, json and cookie; remove it, or "
                "use one of them"
            ),
        ],
    ),
    "parameters ill-named": (
        HEAD + "auth: {key: {channel: query, parameters: {'a b': '{key}', c: '{kye}'}}}\n",
        [
            "t:5:43: auth.key.parameters.…: must be a parameter's name, like api_key",
            (
                "t:5:59: auth.key.parameters.c: only {username}, {key} and {token} can stand in braces; write the "
                "rest without braces"
            ),
        ],
    ),
    "template for query": (
        HEAD + 'auth: {key: {channel: query, template: "{key}", parameters: {k: "{key}"}}}\n',
        [
            "t:5:30: auth.key.template: belongs to 'channel: header' only; remove it, or use that channel",
        ],
    ),
    "logins": (
        HEAD
        + (
            "auth:\n"
            "  a: {channel: basic, login: {operation: POST /t, form: {p: '{key}'}, token: $.t}}\n"
            "  b: {channel: bearer, login: {operation: POST /t, token: $.t}}\n"
            "  c: {channel: bearer, login: {operation: POST /t, form: {p: '{key}'}}}\n"
            "  d: {channel: bearer, login: {operation: POST /t, json: {p: '{usernam}'}, cookie: sid}}\n"
            "  e: {channel: bearer, login: {operation: GET /t, json: {u: '{username}'}, token: t}}\n"
            "  f: {channel: bearer, login: {json: {p: '{key}'}, token: $.t, refresh: {operation: POST /r, json: {}}}}\n"
        ),
        [
            "t:6:23: auth.a.login: is of no use to 'channel: basic', which sends the password itself; remove it",
            "t:7:24: auth.b.login: needs its body's fields, either as 'form' or as 'json'",
            (
                "t:8:24: auth.c.login: needs either 'token', the place of it in the answer, or 'cookie', the one that "
                "is set"
            ),
            (
                "t:9:52: auth.d.login.json: only {username}, {key} and {password} can stand in braces; write the rest "
                "without braces"
            ),
            "t:9:76: auth.d.login.cookie: belongs to 'channel: cookie'; say 'token', or use that channel",
            "t:10:32: auth.e.login.operation: must be a write, like POST /token",
            "t:10:51: auth.e.login.json: must hold {key} or {password}, or no secret is sent; put it where it belongs",
            "t:10:76: auth.e.login.token: must be a path into the answer, like $.error.code",
            "t:11:24: auth.f.login: 'operation' is missing; add it, like 'operation: POST /token'",
            (
                "t:11:94: auth.f.login.refresh.json: must hold {refresh} or {token}, or no secret is sent; put it "
                "where it belongs"
            ),
        ],
    ),
    "session renewed": (
        HEAD
        + (
            "auth: {web: {channel: cookie, login: {operation: POST /in, form: {p: '{key}'}, cookie: sid,\n"
            "  refresh: {operation: POST /r, form: {t: '{token}'}}}}}\n"
        ),
        [
            "t:6:3: auth.web.login.refresh: renews a token, not a session; remove it",
        ],
    ),
    "username needed by login": (
        HEAD
        + (
            "auth: {jwt: {channel: bearer, login: {operation: POST /t, form: {u: '{username}', p: '{key}'}, "
            "token: $.t}}}\nidentities: {admin: {key: abc}}\n"
        ),
        [
            "t:6:14: identities.admin: 'jwt' sends a user name, but this identity has no 'username'; add it",
        ],
    ),
    "sessions": (
        HEAD
        + (
            "auth: {key: {channel: header}}\n"
            "identities:\n"
            "  admin: {key: abc}\n"
            "  a: {of: nobody, cookie: {sid: x1}}\n"
            "  b: {of: admin}\n"
            "  c: {of: admin, key: abc9, privileged: true, cookie: {sid: x2}}\n"
            "  d: {key: abc8, cookie: {sid: x3}}\n"
            "  e: {cookie: {}}\n"
            "  f: {cookie: {5ecret: }}\n"
            "  g: {cookie: {'s p': x4}}\n"
            "  h: {cookie: {sid: {5ecret: 1}}}\n"
            "  i: {resource: user, username: me}\n"
        ),
        [
            "t:8:7: identities.a.of: must name an identity that has an account; there is admin, d, e, f, g, h",
            "t:9:3: identities.b: is a session of nothing; say its 'cookie', or in 'auth' a way that has a 'login'",
            "t:10:18: identities.c.key: a session has its cookie alone; remove this, or 'cookie'",
            "t:10:29: identities.c.privileged: a session has those of its owner; remove this, or 'of'",
            "t:11:7: identities.d.key: a session has its cookie alone; remove this, or 'cookie'",
            't:12:7: identities.e.cookie: must name a cookie, like {sessionid: "${SESSION}"}',
            "t:13:16: identities.f.cookie: is empty; give it a value, or remove it",
            "t:14:16: identities.g.cookie: must be a cookie's name, like sessionid",
            "t:15:16: identities.h.cookie: must be text; put it in quotes",
            "t:16:23: identities.i.username: an account that the run makes gets its own; remove this, or 'resource'",
        ],
    ),
    "session of itself": (
        HEAD + "identities: {a: {of: a, cookie: {sid: x}}}\n",
        [
            "t:5:18: identities.a.of: must name an identity that has an account; add it",
        ],
    ),
    "same session twice": (
        HEAD + "identities:\n  a: {cookie: {sid: x}}\n  b: {cookie: {sid: x}}\n",
        [
            "t:7:3: identities.b: is the same account as 'a'; give it a credential of its own, or remove it",
        ],
    ),
    "openapi as nobody": (
        "version: 1\nname: s\nbase_url: http://127.0.0.1:8000\nopenapi: {from: /o, as: admin}\n",
        [
            "t:4:21: openapi.as: must name an identity that has a credential; add it under 'identities'",
        ],
    ),
    "openapi as somebody": (
        (
            "version: 1\nname: s\nbase_url: http://127.0.0.1:8000\nopenapi: {from: o.yaml, as: admin}\n"
            "identities: {admin: {key: abc}}\n"
        ),
        [
            "t:4:25: openapi.as: needs 'auth': how its credential rides cannot be read from a document not yet seen",
            ("t:4:25: openapi.as: is for a document that the target serves; remove it, or let 'from' begin with /"),
        ],
    ),
    "openapi without from": (
        "version: 1\nname: s\nbase_url: http://127.0.0.1:8000\nopenapi: {form: /o}\n",
        [
            "t:4:1: openapi: 'from' is missing; add it, like 'from: /openapi.json'",
            "t:4:11: openapi: unknown word 'form'; did you mean 'from'?",
        ],
    ),
    "protected": (
        HEAD + "protected: ['/x', {operation: PUT /x, from: {operation: POST /y, value: $.t}}, {proof: token}, "
        "{operation: PUT /x, once: true}]\n",
        [
            (
                "t:5:13: protected[0]: must begin with a method and a space; the methods are GET, HEAD, OPTIONS, POST, "
                "PUT, PATCH, DELETE, TRACE"
            ),
            "t:5:39: protected[1].from: needs 'proof', the place in the request that it goes to",
            "t:5:80: protected[2]: 'operation' is missing; add it, like 'operation: PUT /users/{name}/activate'",
            "t:5:81: protected[2].proof: must be a place in the request, like body.username",
            "t:5:116: protected[3].once: needs 'proof', the place in the request that it goes to",
        ],
    ),
    "resource words": (
        HEAD
        + (
            "resources:\n  a: {create: []}\n  b: {create: [POST /b, GET /b]}\n  c: {owner: me}\n"
            "  d: {owner: {owner_field: username}}\n  e: {draft_hides: [f]}\n  f: {needs: [GET /x]}\n"
            "  g: {needs: [{operation: POST /x, until: GET /x}]}\n  h: {effect: {then: GET /me, field: $.a}}\n"
        ),
        [
            "t:6:7: resources.a.create: must name at least one operation, like POST /things/",
            "t:7:25: resources.b.create[1]: must be a POST or PUT, like POST /things/",
            (
                "t:8:7: resources.c.owner: must be 'creator', or say what chooses the owner, like {owner_field: "
                "[body.username]}"
            ),
            "t:9:15: resources.d.owner.owner_field: must be a list, like [a, b]",
            "t:10:7: resources.e.draft_hides: needs 'draft', the fields that make a hidden one",
            "t:11:15: resources.f.needs[0]: must be a write, like POST /token",
            (
                "t:12:36: resources.g.needs[0].until: must be a GET and the status to wait for, like GET "
                "/things/{id}/log 200"
            ),
            "t:13:7: resources.h.effect: 'login' is missing; add it",
        ],
    ),
    "fixtures": (
        HEAD + "fixtures: {os: [1], 'POST /x': {id: 1}, 'GET /y': 7, 'GET /z': {id: true}, '/w': 1, v: ''}\n",
        [
            "t:5:12: fixtures.os: must be an id: a text or a whole number",
            (
                "t:5:21: fixtures.…: must be a parameter's name, or a read like 'GET /things/{id}'; nothing is written "
                "to it"
            ),
            "t:5:41: fixtures.…: must be a mapping of parameters to ids, like {id: 7}",
            "t:5:54: fixtures.…: must be an id: a text or a whole number",
            "t:5:85: fixtures.v: must be an id: a text or a whole number",
        ],
    ),
    "parameters": (
        HEAD + "parameters: {tenant: [1], 'POST /x': 7, 'GET /z': {mode: ''}, n: 1}\n",
        [
            "t:5:14: parameters.tenant: must be a text, a number or a boolean",
            "t:5:27: parameters.…: must be a mapping of parameters to values, like {tenant: acme}",
            "t:5:41: parameters.…: must be a text, a number or a boolean",
        ],
    ),
    "operations": (
        HEAD + "operations: {add: [DEBUG /x, {operation: GET /y, public: maybe}], refuse_only: [DELETE]}\n",
        [
            (
                "t:5:20: operations.add[0]: must begin with a method and a space; the methods are GET, HEAD, OPTIONS, "
                "POST, PUT, PATCH, DELETE, TRACE"
            ),
            "t:5:50: operations.add[1].public: must be true or false",
            "t:5:81: operations.refuse_only[0]: must be METHOD /path, like GET /api/**",
        ],
    ),
    "policy": (
        HEAD + "policy: {crash: ignore, invalid_on_read: no, legacy_channels: x, case_insensitive_names: 1}\n",
        [
            "t:5:10: policy.crash: must be 'fail' or 'warn'",
            "t:5:25: policy.invalid_on_read: must be 'strict' or 'lenient'",
            "t:5:46: policy.legacy_channels: must be 'refused' or 'allowed'",
            "t:5:66: policy.case_insensitive_names: must be true or false",
        ],
    ),
    "accept": (
        HEAD + "accept:\n"
        "  - {probe: '**', verdict: HELD, effect: x, reason: '', owner: a, expires: 2026-02-30}\n"
        "  - {probe: 'a/b', verdict: WEAK, reason: b, owner: a, expires: soon, until: 2027-01-01}\n"
        "  - {probe: 'a/b', verdict: WEAK, expires: 9999-01-01}\n",
        [
            (
                "t:6:6: accept[0].probe: must be the id of a probe, its family written out, "
                "like 'guest-write/*[POST /things/]'"
            ),
            "t:6:19: accept[0].verdict: must be 'BYPASSED', 'LEAKED', 'CRASHED' or 'WEAK'",
            "t:6:34: accept[0].effect: must be a list, like [a, b]",
            (
                "t:6:45: accept[0].reason: must be one line of text, not empty, without "
                "control characters or space around it"
            ),
            "t:6:67: accept[0].expires: must be a day, like 2027-03-31",
            "t:7:56: accept[1].expires: must be a day, like 2027-03-31",
            "t:7:71: accept[1]: unknown word 'until'; known here: probe, verdict, effect, reason, owner, expires",
            "t:8:5: accept[2]: 'reason' is missing; add it, like 'reason: known, and mended with the next release'",
            "t:8:5: accept[2]: 'owner' is missing; add it, like 'owner: web team'",
            (
                "t:8:35: accept[2].expires: is more than 180 days ahead; "
                f"write {today() + timedelta(180)} or an earlier day"
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lines(case: str, tmp_path: Path) -> None:
    text, lines = CASES[case]
    file = tmp_path / "t.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load(file, environment=ENVIRONMENT)
    assert str(raised.value).replace(str(file), "t").splitlines() == lines
    assert raised.value.exit_code == 2
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
