"""Network: which paths lead to AI resources and out of them."""

from __future__ import annotations

from auditor.maturity.rows import CONTEXTUAL, DIRECT, SUPPORTING, hipaa, pci, row, soc2
from auditor.model.maturity import Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "NET-1.1",
        "No AI data store, notebook or control endpoint is open to the world",
        "Open buckets, notebooks and search indexes are found by scanners within hours. "
        "Training data and model weights leave without any exploit.",
        soc2("CC6.6", DIRECT, "A store or notebook nobody outside can open is protected at the system boundary."),
        hipaa(
            "164.312(a)(1)",
            DIRECT,
            "Closing public access to AI stores leaves them to people and software with rights.",
        ),
        pci("1.4.4", DIRECT, "AI stores that may hold card data cannot be reached straight from the internet."),
        critical=True,
    ),
    row(
        "NET-1.2",
        "ML compute has no open inbound administration or notebook ports",
        "SSH and notebook ports open to any address invite password guessing and exploits on machines that hold data.",
        soc2("CC6.6", DIRECT, "Closed SSH and notebook ports remove a direct way in for outside attackers."),
        hipaa("164.312(a)(1)", SUPPORTING, "A port filter narrows who can even attempt to log on to a training host."),
        pci("1.2.5", SUPPORTING, "An unrestricted admin port is a service and port nobody should have approved."),
        pci("1.3.1", DIRECT, "Inbound rules on ML compute are read for anything wider than necessary traffic."),
    ),
    row(
        "NET-1.3",
        "Serving and storage endpoints accept TLS 1.2 or later only",
        "Prompts, responses and datasets cross networks you do not own. "
        "Old protocol versions can be read or altered there.",
        soc2("CC6.7", DIRECT, "A TLS floor protects prompts, responses and files while they move."),
        hipaa(
            "164.312(e)(1)", DIRECT, "The minimum protocol version guards health data on its way to and from a model."
        ),
        hipaa(
            "164.312(e)(2)(ii)", DIRECT, "TLS at 1.2 or later is the encryption of transmitted data in concrete form."
        ),
        pci("2.2.7", SUPPORTING, "Consoles and control APIs of AI services are administered over the same TLS floor."),
        pci("4.2.1", DIRECT, "Endpoints reachable over open networks are read for strong protocol versions."),
    ),
    row(
        "NET-2.1",
        "Notebooks and IDEs have no direct internet path or public IP",
        "A notebook runs arbitrary packages next to sensitive data. With its own internet path it can both be attacked "
        "and send data away unseen.",
        soc2("CC6.6", DIRECT, "A notebook without public address lies behind the boundary, not on it."),
        hipaa(
            "164.312(e)(1)", SUPPORTING, "Removing the direct internet path keeps notebook traffic off an open network."
        ),
        pci("1.4.4", SUPPORTING, "Working copies of card data in a notebook are out of reach from untrusted networks."),
    ),
    row(
        "NET-2.2",
        "Training and processing jobs run in a customer network",
        "Jobs in a provider-owned network bypass your routes, filters and flow logs. "
        "In your own network those rules apply.",
        soc2("CC6.6", SUPPORTING, "Boundary rules can act on training traffic only inside a network you control."),
        hipaa("164.312(e)(1)", SUPPORTING, "Training data travels over a network whose routes and filters you set."),
        pci("1.2.1", SUPPORTING, "Network rule sets can cover a job only when it is attached to your network."),
    ),
    row(
        "NET-2.3",
        "Production inference endpoints are private",
        "A public inference name can be probed and flooded even when calls need a key. "
        "A private endpoint answers only networks you chose.",
        soc2("CC6.6", DIRECT, "A private inference endpoint gives outsiders no interface to attack."),
        hipaa("164.312(e)(1)", SUPPORTING, "Prompts and answers of production models stay on private links."),
        pci("1.4.2", DIRECT, "Inbound traffic from untrusted networks to a production model is refused."),
    ),
    row(
        "NET-2.4",
        "AI, storage, key and registry APIs are reached through private endpoints",
        "Without private endpoints, calls that carry training data and keys use public addresses, "
        "and no network policy can tell yours from another tenant's.",
        soc2("CC6.6", DIRECT, "Private endpoints move provider APIs inside the boundary of the ML network."),
        soc2("CC6.7", SUPPORTING, "Data sent to storage and key services keeps to a path limited to this network."),
        hipaa("164.312(e)(1)", DIRECT, "A private link to AI and storage APIs is a technical guard on transmission."),
        pci("1.4.1", SUPPORTING, "A private endpoint is a control point between the ML network and provider services."),
    ),
    row(
        "NET-2.5",
        "ML networks write flow logs",
        "Training hosts live for hours and take their evidence with them. "
        "Flow logs keep a record of whom they talked to.",
        soc2("CC7.2", SUPPORTING, "Flow records let unusual traffic of short-lived training hosts be noticed."),
        hipaa("164.312(b)", SUPPORTING, "Network activity of hosts that may process health data is recorded."),
        pci("10.2.1", SUPPORTING, "Flow logs add network events to audit logs, which user actions alone would miss."),
    ),
    row(
        "NET-3.1",
        "AI APIs are reachable only through the private path",
        "A private endpoint does little while the public door stays open beside it. "
        "Closing the public one makes stolen credentials useless from outside.",
        soc2("CC6.6", DIRECT, "Turning off public network access makes the private path the only boundary crossing."),
        hipaa("164.312(e)(1)", SUPPORTING, "Calls to AI services cannot fall back to a route over a public network."),
        pci("1.4.2", DIRECT, "With public access disabled, no untrusted network can open a session to the AI API."),
    ),
    row(
        "NET-3.2",
        "Containers and jobs cannot reach the internet",
        "A poisoned package or an injected agent needs a way to send data out. Without outbound internet it has none.",
        soc2("CC6.7", DIRECT, "Blocked outbound traffic stops a job from moving data out of the system."),
        hipaa(
            "164.312(e)(1)", SUPPORTING, "Containers without internet cannot transmit health data to an unknown host."
        ),
        pci("1.3.2", DIRECT, "Outbound traffic of jobs and containers is limited to what is needed."),
    ),
    row(
        "NET-3.3",
        "The private path itself grants least privilege",
        "A default endpoint policy lets any principal reach any resource, including an attacker's own bucket, "
        "through your private link.",
        soc2("CC6.6", SUPPORTING, "Endpoint policies decide which actions and owners may cross the private boundary."),
        hipaa(
            "164.312(a)(1)", SUPPORTING, "The endpoint policy is a second access rule in front of each AI data store."
        ),
        pci("1.2.5", SUPPORTING, "Endpoint policies name the services allowed through, as port lists do for hosts."),
    ),
    row(
        "NET-3.4",
        "Traffic between training nodes is encrypted",
        "Distributed training sends gradients and samples between hosts. "
        "Anyone on that network segment could read them.",
        soc2("CC6.7", DIRECT, "Inter-node encryption protects samples and gradients as they move within a cluster."),
        hipaa(
            "164.312(e)(2)(ii)", DIRECT, "Training samples with health data are encrypted when one node sends them on."
        ),
        pci(
            "4.2.1", CONTEXTUAL, "Cluster traffic is rarely on an open network, yet shows encryption is applied inside."
        ),
    ),
    row(
        "NET-4.1",
        "Training, inference, notebooks and data are segmented from each other",
        "A flat ML network lets one compromised notebook reach production endpoints and every dataset. "
        "Segments stop it at the first hop.",
        soc2("CC6.6", SUPPORTING, "Inner segments hold back an attacker who has already crossed the outer boundary."),
        hipaa(
            "164.312(a)(1)",
            SUPPORTING,
            "Segmented classes keep notebooks from reaching datasets they have no rights to.",
        ),
        pci("1.2.1", SUPPORTING, "Disjoint subnets and rule groups show that rule sets exist per workload class."),
        pci("11.4.5", CONTEXTUAL, "The segments found here are what a tester must try to cross; no test is done."),
    ),
    row(
        "NET-4.2",
        "A data perimeter is enforced for identities, resources and networks",
        "Valid credentials can still copy data to a foreign account. A perimeter allows only your identities, "
        "your resources and your networks.",
        soc2("CC6.7", DIRECT, "Organization conditions stop data from moving to resources you do not own."),
        hipaa(
            "164.312(e)(1)",
            SUPPORTING,
            "The perimeter refuses transfers of health data to accounts outside the organization.",
        ),
        pci("1.3.2", DIRECT, "Perimeter egress rules limit outbound traffic even for callers with valid credentials."),
    ),
    row(
        "NET-4.3",
        "Restricted models run on confidential or dedicated compute",
        "Weights and prompts are in clear text in memory while a model runs. "
        "Isolated hardware keeps operators and neighbors from reading them.",
        soc2(
            "C1.1",
            SUPPORTING,
            "Confidential compute protects restricted models during use, when they are exposed most.",
        ),
        hipaa(
            "164.312(a)(2)(iv)",
            CONTEXTUAL,
            "Memory encryption extends protection beyond storage to data being processed.",
        ),
        pci("3.6.1.2", SUPPORTING, "Attestation conditions release a key only into verified isolated hardware."),
    ),
)
