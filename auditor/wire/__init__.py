"""What every API call goes through, whatever the cloud: guard, pace, shape check, redaction, record and replay.

Knows no SDK. The providers hook their SDKs' last hop into it.
"""
