"""No port of a notebook is open to every address."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Notebook, Pass, Remediation, Severity, Supported, Verdict


def evaluate(notebook: Notebook) -> Verdict:
    if notebook.open_inbound.value:
        return Fail(f"{notebook.name} has ports open to every address: {', '.join(notebook.open_inbound.value)}")
    return Pass(f"{notebook.name} has no port open to every address")


CHECK = Check(
    id="notebook_no_open_inbound",
    title="Notebooks have no port open to the world",
    why=(
        "SSH and notebook ports that any address may reach invite password guessing and exploits on a "
        "machine that holds data."
    ),
    severity=Severity.HIGH,
    resource=Notebook,
    needs=("open_inbound",),
    practice="NET-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the inbound rules with source 0.0.0.0/0 or ::/0 from the security groups of the "
                "notebook (EC2 > Security groups > Inbound rules).",
                "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
                command=(
                    "aws ec2 revoke-security-group-ingress --group-id GROUP_ID --protocol tcp --port PORT --cidr "
                    "0.0.0.0/0 --region {location}"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create the compute again with SSH public access off (remote login port closed for clusters), "
                "or limit the subnet's network security group to known addresses.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet",
            )
        ),
        GCP: Supported(
            Remediation(
                "Limit the firewall rules that apply to the instance to known addresses; for SSH use "
                "Identity-Aware Proxy (35.235.240.0/20).",
                "https://cloud.google.com/firewall/docs/using-firewalls",
                command=(
                    "gcloud compute firewall-rules update RULE --source-ranges=TRUSTED_RANGES --project={account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"open_inbound": ()}, fails={"open_inbound": ("22",)}),
)
