"""The embedded release API: a small model of python.org's two download APIs, run as a process of its own.

It answers as the real service was measured to answer, at the stages of the real repair that `builds.py` names, so that
a probe can be shown to go red on the code as it was and to stay quiet on the code as it is. It is a fixture to be
attacked, never a server to be deployed: it binds the loopback interface only and its secrets live for one process.

The modules beside this one are the first API and what both share; `v2` is the second, which knows other credentials,
asks in another order, and shares the database and the rules about URLs.

Left out: pages, the `schema` and `set` addresses, the roots, XML and YAML, the browsable pages, throttling.
Nothing outside this package is imported, so what judges the API shares no code with it.
"""
