"""What can happen to data, by the words people use for it, and what it does to them when nobody says otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

EFFECTS: Final = ("confidentiality", "integrity", "availability")

ATTACKS: Final = (
    "ransomware malware external_attack hacking exfiltration phishing social_engineering credential_stuffing"
)
THEFTS: Final = "device_theft theft"
LOSSES: Final = "device_loss loss paper misconfiguration exposure"
MISTAKES: Final = "misdirected post email"


@dataclass(frozen=True)
class Incident:
    """One thing that happens: other words for it, and for each of EFFECTS yes (y), no (n), or that it says nothing (-)."""

    words: str = ""
    effects: str = "---"
    # Says how or why, and not what happened to the data: it keeps nothing open that another word tells.
    is_aside: bool = False


KNOWN: Final[Mapping[str, Incident]] = {
    "ransomware": Incident("ransom cryptolocker gijzelsoftware", "-yy"),
    "malware": Incident("virus trojan malicious_code"),
    "external_attack": Incident(
        "attack cyber_attack cyberattack intrusion sql_injection web_attack exploit aanval cyberaanval"
    ),
    "hacking": Incident("hack hacked gehackt"),
    "exfiltration": Incident("data_exfiltration exfiltrated data_theft datadiefstal exfiltratie", "y--"),
    "phishing": Incident("spear_phishing"),
    "social_engineering": Incident("impersonation vishing pretexting business_email_compromise ceo_fraud"),
    "credential_stuffing": Incident("password_spraying brute_force", "y--"),
    "device_theft": Incident(
        "stolen_device stolen_laptop laptop_theft gestolen_laptop gestolen_apparaat laptopdiefstal", "yny"
    ),
    "theft": Incident("burglary break_in stolen paper_theft stolen_documents diefstal inbraak gestolen", "yny"),
    "device_loss": Incident("lost_device lost_laptop lost_usb lost_phone verloren_laptop verloren_telefoon", "yny"),
    "loss": Incident("lost verlies verloren kwijt", "yny"),
    "paper": Incident("documents paper_documents", is_aside=True),
    "misconfiguration": Incident(
        "misconfigured authorisation_error authorization_error access_control verkeerd_ingesteld"
    ),
    "exposure": Incident("exposed leak data_leak datalek lek", "y--"),
    "unauthorised_access": Incident(
        "unauthorized_access unauthorised_disclosure unauthorized_disclosure onbevoegde_toegang", "y--"
    ),
    "misdirected": Incident(
        "wrong_recipient misdelivery misdelivered mispostal accidental_transmission misaddressed wrong_address verkeerde_ontvanger verkeerd_geadresseerd verkeerd_verzonden",
        "ynn",
    ),
    "post": Incident("postal postal_mail letter brief", is_aside=True),
    "email": Incident("e_mail mailing_list cc bcc", is_aside=True),
    "human_error": Incident("mistake accident error menselijke_fout vergissing", is_aside=True),
    "insider": Incident("employee former_employee ex_employee internal medewerker ex_medewerker", "y--"),
    "identity_theft": Incident("id_theft identity_fraud identiteitsdiefstal", "y--"),
    "account_takeover": Incident("account_compromise compromised_account", "y--"),
    "publication": Incident("published made_public gepubliceerd", "ynn"),
    "outage": Incident("power_outage power_failure power_cut unavailability downtime storing stroomstoring", "nny"),
    "technical_fault": Incident("technical_error software_error software_bug bug system_error", is_aside=True),
    "other": Incident(),
}


def by_word() -> dict[str, str]:
    """Return every word for something that can happen, with what it stands for."""
    return {word: name for name, one in KNOWN.items() for word in (name, *one.words.split())}


def effect(happened: Iterable[str], name: str) -> bool | None:
    """Say what these did to the data where nobody says: yes when one does it, no when all of them leave it alone."""
    said = [KNOWN[one].effects[EFFECTS.index(name)] for one in happened if not KNOWN[one].is_aside]
    if "y" in said:
        return True
    return False if said and set(said) == {"n"} else None
