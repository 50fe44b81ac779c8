"""SOC 2 Trust Services Criteria: all 61 criteria. Labels are ours; the criteria are copyright AICPA."""

from __future__ import annotations

from auditor.frameworks.rows import direct, inherited, manual, partial
from auditor.model.framework import Framework

SOC2 = Framework(
    id="soc2",
    title="SOC 2 Trust Services Criteria",
    edition="2017, points of focus revised 2022",
    url="https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
    note=(
        "Evidence here is configuration at a point in time. It supports the design of a control; operation over "
        "the audit period needs repeated runs and the auditor's own samples. The system boundary, the categories "
        "in scope and management's description are not known to this tool, and most criteria about people, "
        "policy and privacy have no technical evidence at all."
    ),
    controls=(
        manual("CC1.1", "Integrity and ethics", "Code of conduct with signed acknowledgments for the period"),
        manual("CC1.2", "Board oversight", "Board or committee minutes that cover security and AI risk"),
        manual("CC1.3", "Structure and authority", "Organization chart with security and AI reporting lines"),
        manual("CC1.4", "Competence of staff", "Job descriptions and training records of AI and security staff"),
        manual("CC1.5", "Accountability", "Objectives or appraisals that hold owners to their control duties"),
        partial("CC2.1", "Information for internal control", "Statement of which sources feed control decisions"),
        manual("CC2.2", "Internal communication", "Security announcements and the channel for reporting problems"),
        manual("CC2.3", "External communication", "Customer commitments, status page and security contact"),
        manual("CC3.1", "Stated objectives", "Approved objectives and risk tolerance for the AI service"),
        partial("CC3.2", "Risk identification and analysis", "Risk register with AI risks, rating, owner and date"),
        manual("CC3.3", "Fraud risk", "Fraud risk assessment that considers misuse of models and data"),
        partial("CC3.4", "Changes that affect control", "Record of major changes assessed for their effect on control"),
        partial("CC4.1", "Ongoing and separate evaluations", "Evaluation plan and results, internal audits included"),
        partial("CC4.2", "Deficiencies communicated", "Tickets or minutes that show deficiencies reached their owner"),
        manual("CC5.1", "Control selection", "Risk-to-control matrix with the reason for each control"),
        partial("CC5.2", "General technology controls", "Approved list of technology controls and their owners"),
        manual("CC5.3", "Policies and procedures", "Approved policies with procedures and last review date"),
        direct("CC6.1", "Logical access to assets"),
        partial("CC6.2", "Registering and removing users", "Approved access requests and leaver tickets, sampled"),
        direct("CC6.3", "Roles, least privilege and segregation"),
        inherited("CC6.4", "Physical access", "Provider SOC 2 report, and badge records for your own sites"),
        partial("CC6.5", "Disposal of assets", "Disposal records for media and devices you own"),
        direct("CC6.6", "Protection against outside threats"),
        direct("CC6.7", "Protection of data on the move"),
        partial(
            "CC6.8", "Unauthorized and malicious software", "Endpoint anti-malware reports and list of allowed software"
        ),
        direct("CC7.1", "Detection of weaknesses and drift"),
        direct("CC7.2", "Monitoring for anomalies"),
        partial("CC7.3", "Evaluation of events", "Triage records that state why events were or were not incidents"),
        manual("CC7.4", "Incident response", "Incident response plan and records of incidents in the period"),
        partial("CC7.5", "Recovery from incidents", "Post-incident reviews with restoration steps and lessons"),
        partial("CC8.1", "Change management", "Sample of change tickets with test result and approver"),
        partial("CC9.1", "Business disruption risk", "Business impact analysis, mitigation decisions, insurance"),
        manual("CC9.2", "Vendor risk", "Vendor assessments and contracts, model providers included"),
        partial("A1.1", "Capacity", "Capacity forecast with decisions taken on quota and GPU supply"),
        direct("A1.2", "Backup and recovery infrastructure"),
        partial("A1.3", "Recovery testing", "Signed recovery test report with findings and follow-up"),
        partial("C1.1", "Confidential information identified", "Classification scheme and list of confidential sets"),
        partial(
            "C1.2", "Confidential information disposed of", "Deletion records for confidential data past retention"
        ),
        manual("PI1.1", "Processing specifications", "Model card or specification with intended use and limits"),
        partial("PI1.2", "Inputs", "Input rules for each AI interface and handling of rejected input"),
        partial("PI1.3", "Processing", "Error and quality reports on model processing, with follow-up"),
        partial("PI1.4", "Outputs", "Output acceptance rules and samples of human review"),
        direct("PI1.5", "Stored inputs and outputs"),
        manual("P1.1", "Privacy notice", "Published notice that covers AI processing, with version history"),
        manual("P2.1", "Choice and consent", "Consent text and records, use for model training included"),
        manual("P3.1", "Collection limits", "Data map that shows the purpose of each collected item"),
        manual("P3.2", "Explicit consent", "Records of explicit consent for sensitive data"),
        manual("P4.1", "Use limits", "Purpose register that compares actual AI use with the notice"),
        partial("P4.2", "Retention", "Retention schedule for personal data, prompts and captures included"),
        partial("P4.3", "Secure disposal", "Erasure evidence for personal data, derived datasets included"),
        manual("P5.1", "Access by the person", "Access requests answered in the period"),
        manual("P5.2", "Correction", "Correction requests and how they reached models and copies"),
        partial("P6.1", "Disclosure to third parties", "List of recipients of personal data and the legal ground"),
        partial("P6.2", "Record of disclosures", "Disclosure register, complete for the period"),
        partial("P6.3", "Record of unauthorized disclosures", "Breach register with each detected or reported leak"),
        manual("P6.4", "Privacy commitments of vendors", "Data processing agreements with model and data vendors"),
        manual("P6.5", "Vendor breach reporting", "Contract clauses and vendor notices of suspected leaks"),
        manual("P6.6", "Breach notification", "Notification procedure and notices sent in the period"),
        manual("P6.7", "Accounting to the person", "Replies that told a person what is held and who received it"),
        manual("P7.1", "Quality of personal data", "Accuracy checks on personal data that models rely on"),
        manual("P8.1", "Complaints and monitoring", "Complaint log with resolution and privacy compliance reviews"),
    ),
)
