"""The smallest API that a plan can be made for: one account, and bodies of one field."""

TARGET = """version: 1
name: shop
base_url: http://127.0.0.1:1
openapi: document.json
environment: local
auth: {key: {channel: header, template: "ApiKey {username}:{key}"}}
identities: {admin: {username: boss, key: "${ADMIN}", privileged: true}}
"""
BODY = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
CONTENT = {"content": {"application/json": {"schema": BODY}}}
