"""The embedded release API: a small model of python.org's first download API, run as a process of its own.

It answers as the real service was measured to answer, at the stages of the real repair that `builds.py` names, so that
a probe can be shown to go red on the code as it was and to stay quiet on the code as it is. It is a fixture to be
attacked, never a server to be deployed: it binds the loopback interface only and its keys live for one process.

Left out: pages, the `schema` and `set` addresses, XML and YAML, nested objects in place of links, sessions, throttling.
Nothing outside this package is imported, so what judges the API shares no code with it.
"""
