"""HIPAA Security Rule, 45 CFR 164.308 to 164.316: all 69 standards and specifications."""

from __future__ import annotations

from auditor.frameworks.rows import direct, inherited, manual, partial
from auditor.model.framework import Framework

S, R, A = "standard", "required", "addressable"

HIPAA = Framework(
    id="hipaa",
    title="HIPAA Security Rule",
    edition="45 CFR Part 164 Subpart C",
    url="https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C",
    note=(
        "This tool cannot know where electronic protected health information is. Unless a resource carries a tag "
        "or you declare the scope, results mean potentially in scope. Addressable does not mean optional: "
        "implement it, or attach a documented reason and the equivalent measure. Whether a business associate "
        "agreement is signed, and whether a service is covered by it, must be confirmed by a person."
    ),
    controls=(
        manual("164.308(a)(1)(i)", "Security management process", "Security management policy with its owner", S),
        partial("164.308(a)(1)(ii)(A)", "Risk analysis", "Current risk analysis covering AI systems with ePHI", R),
        partial("164.308(a)(1)(ii)(B)", "Risk management", "Risk treatment plan with measures and due dates", R),
        manual("164.308(a)(1)(ii)(C)", "Sanction policy", "Sanction policy and record of any use of it", R),
        partial(
            "164.308(a)(1)(ii)(D)",
            "Information system activity review",
            "Signed reviews of logs and access reports, with dates",
            R,
        ),
        manual("164.308(a)(2)", "Assigned security responsibility", "Appointment of the security official", S),
        partial("164.308(a)(3)(i)", "Workforce security", "Workforce access policy and role list", S),
        manual(
            "164.308(a)(3)(ii)(A)",
            "Authorization and supervision",
            "Record of who supervises staff and contractors near ePHI",
            A,
        ),
        manual("164.308(a)(3)(ii)(B)", "Workforce clearance", "Clearance or screening records for AI staff", A),
        partial("164.308(a)(3)(ii)(C)", "Termination of access", "Leaver list matched to access removal dates", A),
        partial("164.308(a)(4)(i)", "Information access management", "Access management policy for ePHI", S),
        partial(
            "164.308(a)(4)(ii)(A)",
            "Isolated clearinghouse functions",
            "Statement on clearinghouse functions and how they are kept apart",
            R,
        ),
        partial("164.308(a)(4)(ii)(B)", "Access authorization", "Approved access requests for systems with ePHI", A),
        direct("164.308(a)(4)(ii)(C)", "Access establishment and modification", A),
        manual("164.308(a)(5)(i)", "Security awareness and training", "Training program and attendance records", S),
        manual("164.308(a)(5)(ii)(A)", "Security reminders", "Reminders sent, with date and audience", A),
        partial(
            "164.308(a)(5)(ii)(B)",
            "Protection from malicious software",
            "Malware procedure and endpoint protection reports",
            A,
        ),
        direct("164.308(a)(5)(ii)(C)", "Log-in monitoring", A),
        direct("164.308(a)(5)(ii)(D)", "Password management", A),
        manual("164.308(a)(6)(i)", "Security incident procedures", "Incident procedure, AI scenarios included", S),
        partial("164.308(a)(6)(ii)", "Response and reporting", "Incident log with outcome and documentation", R),
        manual("164.308(a)(7)(i)", "Contingency plan", "Approved contingency plan that names AI systems", S),
        direct("164.308(a)(7)(ii)(A)", "Data backup plan", R),
        partial("164.308(a)(7)(ii)(B)", "Disaster recovery plan", "Disaster recovery plan with restore order", R),
        manual("164.308(a)(7)(ii)(C)", "Emergency mode operation", "Plan for working while AI systems are down", R),
        partial("164.308(a)(7)(ii)(D)", "Testing and revision", "Contingency test report and revised plan", A),
        partial(
            "164.308(a)(7)(ii)(E)",
            "Applications and data criticality",
            "Criticality ranking of AI applications and datasets",
            A,
        ),
        partial("164.308(a)(8)", "Periodic evaluation", "Evaluation report, technical and non-technical parts", S),
        manual(
            "164.308(b)(1)",
            "Business associates of a covered entity",
            "Agreement with each cloud and model provider",
            S,
        ),
        manual(
            "164.308(b)(2)", "Subcontractors of a business associate", "Agreements with subcontractors holding ePHI", S
        ),
        manual(
            "164.308(b)(3)", "Written contract or arrangement", "Signed agreement and its list of covered services", R
        ),
        inherited("164.310(a)(1)", "Facility access controls", "Provider assurance report; policy for own sites", S),
        inherited(
            "164.310(a)(2)(i)", "Contingency operations", "Provider report on facility access in an emergency", A
        ),
        inherited("164.310(a)(2)(ii)", "Facility security plan", "Provider report; plan for any office with ePHI", A),
        inherited(
            "164.310(a)(2)(iii)", "Access control and validation", "Provider report; visitor log of own sites", A
        ),
        inherited(
            "164.310(a)(2)(iv)", "Maintenance records", "Provider report; repair records of own doors and locks", A
        ),
        manual("164.310(b)", "Workstation use", "Workstation use policy, notebook users included", S),
        manual("164.310(c)", "Workstation security", "Physical safeguards of workstations that reach ePHI", S),
        inherited("164.310(d)(1)", "Device and media controls", "Provider report; media policy for own devices", S),
        inherited("164.310(d)(2)(i)", "Disposal", "Provider media destruction statement; own disposal records", R),
        inherited("164.310(d)(2)(ii)", "Media re-use", "Provider sanitization statement; own re-use procedure", R),
        partial("164.310(d)(2)(iii)", "Accountability", "Record of hardware and media moves with the person", A),
        direct("164.310(d)(2)(iv)", "Data backup and storage", A),
        direct("164.312(a)(1)", "Access control", S),
        direct("164.312(a)(2)(i)", "Unique user identification", R),
        manual("164.312(a)(2)(ii)", "Emergency access procedure", "Break-glass procedure and its last test", R),
        partial(
            "164.312(a)(2)(iii)", "Automatic logoff", "Session timeout settings of workstations and applications", A
        ),
        direct("164.312(a)(2)(iv)", "Encryption and decryption", A),
        direct("164.312(b)", "Audit controls", S),
        direct("164.312(c)(1)", "Integrity", S),
        partial("164.312(c)(2)", "Mechanism to authenticate ePHI", "How altered or destroyed ePHI is detected", A),
        direct("164.312(d)", "Person or entity authentication", S),
        direct("164.312(e)(1)", "Transmission security", S),
        partial("164.312(e)(2)(i)", "Integrity controls", "How changes to ePHI in transit are detected end to end", A),
        direct("164.312(e)(2)(ii)", "Encryption in transmission", A),
        manual("164.314(a)(1)", "Business associate contracts", "Register of business associate agreements", S),
        manual("164.314(a)(2)(i)", "Contract content", "Agreement clauses on safeguards and incident reports", R),
        manual("164.314(a)(2)(ii)", "Other arrangements", "Memorandum or law relied on between government entities", R),
        manual(
            "164.314(a)(2)(iii)", "Subcontractor contracts", "Agreement between business associate and subcontractor", R
        ),
        manual(
            "164.314(b)(1)", "Group health plan requirements", "Statement whether a group health plan is involved", S
        ),
        manual("164.314(b)(2)(i)", "Safeguards by the plan sponsor", "Plan document clause on safeguards", R),
        manual("164.314(b)(2)(ii)", "Adequate separation", "Plan document clause on separation of sponsor staff", R),
        manual("164.314(b)(2)(iii)", "Agents of the plan sponsor", "Sponsor's agreements with its agents", R),
        manual(
            "164.314(b)(2)(iv)", "Incident reports to the plan", "Reports from sponsor to plan, or a nil statement", R
        ),
        manual("164.316(a)", "Policies and procedures", "Security Rule policies with approval and date", S),
        partial("164.316(b)(1)", "Documentation", "Written record of actions and assessments beside this pack", S),
        partial("164.316(b)(2)(i)", "Six-year retention", "Proof that documents are kept six years", R),
        partial("164.316(b)(2)(ii)", "Availability", "How responsible staff reach the documentation", R),
        partial("164.316(b)(2)(iii)", "Updates", "Review history of policies after changes", R),
    ),
)
