"""The demo's AWS account: functions and front doors.

An assistant and a model are reached through APIs at home, a model and another assistant in the second region. At home
everything stands before and around them; in the second region callers are known and calls are logged, and not much
more. All but the roles is answered from tables: moto draws the ids of APIs at random.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from auditor.demo import aws_front_doors, aws_functions
from auditor.demo.aws_estate import HOME
from auditor.demo.aws_made import Client, Made, Writer
from auditor.demo.aws_people import service_trust


def seed(client: Client, made: Made) -> None:
    """The roles of the functions."""
    iam = client("iam", HOME)
    for name, document in aws_functions.ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(service_trust("lambda")))
        iam.put_role_policy(RoleName=name, PolicyName="workload", PolicyDocument=json.dumps(document))


WRITERS: Mapping[str, Writer] = {**aws_functions.WRITERS, **aws_front_doors.WRITERS}
"""The functions, APIs and firewalls of both regions."""
