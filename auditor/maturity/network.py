"""Network: which paths lead to AI resources and out of them."""

from __future__ import annotations

from auditor.maturity.rows import row
from auditor.model.maturity import Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "NET-1.1",
        "No AI data store, notebook or control endpoint is open to the world",
        "Open buckets, notebooks and search indexes are found by scanners within hours. "
        "Training data and model weights leave without any exploit.",
        critical=True,
    ),
    row(
        "NET-1.2",
        "ML compute has no open inbound administration or notebook ports",
        "SSH and notebook ports open to any address invite password guessing and exploits on machines that hold data.",
    ),
    row(
        "NET-1.3",
        "Serving and storage endpoints accept TLS 1.2 or later only",
        "Prompts, responses and datasets cross networks you do not own. "
        "Old protocol versions can be read or altered there.",
    ),
    row(
        "NET-2.1",
        "Notebooks and IDEs have no direct internet path or public IP",
        "A notebook runs arbitrary packages next to sensitive data. With its own internet path it can both be attacked "
        "and send data away unseen.",
    ),
    row(
        "NET-2.2",
        "Training and processing jobs run in a customer network",
        "Jobs in a provider-owned network bypass your routes, filters and flow logs. "
        "In your own network those rules apply.",
    ),
    row(
        "NET-2.3",
        "Production inference endpoints are private",
        "A public inference name can be probed and flooded even when calls need a key. "
        "A private endpoint answers only networks you chose.",
    ),
    row(
        "NET-2.4",
        "AI, storage, key and registry APIs are reached through private endpoints",
        "Without private endpoints, calls that carry training data and keys use public addresses, "
        "and no network policy can tell yours from another tenant's.",
    ),
    row(
        "NET-2.5",
        "ML networks write flow logs",
        "Training hosts live for hours and take their evidence with them. "
        "Flow logs keep a record of whom they talked to.",
    ),
    row(
        "NET-3.1",
        "AI APIs are reachable only through the private path",
        "A private endpoint does little while the public door stays open beside it. "
        "Closing the public one makes stolen credentials useless from outside.",
    ),
    row(
        "NET-3.2",
        "Containers and jobs cannot reach the internet",
        "A poisoned package or an injected agent needs a way to send data out. Without outbound internet it has none.",
    ),
    row(
        "NET-3.3",
        "The private path itself grants least privilege",
        "A default endpoint policy lets any principal reach any resource, including an attacker's own bucket, "
        "through your private link.",
    ),
    row(
        "NET-3.4",
        "Traffic between training nodes is encrypted",
        "Distributed training sends gradients and samples between hosts. "
        "Anyone on that network segment could read them.",
    ),
    row(
        "NET-4.1",
        "Training, inference, notebooks and data are segmented from each other",
        "A flat ML network lets one compromised notebook reach production endpoints and every dataset. "
        "Segments stop it at the first hop.",
    ),
    row(
        "NET-4.2",
        "A data perimeter is enforced for identities, resources and networks",
        "Valid credentials can still copy data to a foreign account. A perimeter allows only your identities, "
        "your resources and your networks.",
    ),
    row(
        "NET-4.3",
        "Restricted models run on confidential or dedicated compute",
        "Weights and prompts are in clear text in memory while a model runs. "
        "Isolated hardware keeps operators and neighbors from reading them.",
    ),
)
