//! The certificate of a Region: one in each, issued long before it is needed (rule `acm-cert-both`).
//!
//! A stack of its own, so that the home primary waits for the home standby's certificate and for nothing
//! else of that Region.

use cfn::certificate_manager::Certificate;
use cfn::certificate_manager::certificate::DomainValidationOption;
use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::{Attributes, Handle, Stack, set};

use crate::alarm::{Series, Statistic, Threshold, alarm};
use crate::site::Site;
use crate::zone::Zone;

/// The stack's word.
const LAYER: &str = "Certificate";

/// For the zone and all names under it. ACM asks for the same validation record in every Region of an
/// account, so where the zone's id does not reach, the other Region's certificate has already answered.
pub(crate) fn certificate(site: Site<'_>, zone: &Zone<'_>) -> (Stack, Handle<Certificate>) {
    let mut stack = site.protected_stack(LAYER, "Certificate of the Region");
    let name = &site.topology.dns.zone;
    let zone_id = zone.id();
    if zone_id.is_none() {
        stack.depends_on.insert(site.other().stack_id(LAYER).into());
    }
    let validation = zone_id.map(|id| {
        let option = DomainValidationOption {
            domain_name: set(name),
            hosted_zone_id: Some(id),
            ..DomainValidationOption::default()
        };
        [option].into()
    });
    let certificate = Certificate {
        subject_alternative_names: set([format!("*.{name}")]),
        validation_method: set("DNS"),
        domain_validation_options: validation,
        ..Certificate::new(name)
    };
    let certificate = stack.add_with("Certificate", certificate, Attributes::retained());
    expiry_alarm(&mut stack, site, &certificate);
    (stack, certificate)
}

fn expiry_alarm(stack: &mut Stack, site: Site<'_>, certificate: &Handle<Certificate>) {
    let days = Series {
        namespace: "AWS/CertificateManager",
        metric: "DaysToExpiry",
        dimensions: vec![("CertificateArn", certificate.reference().into())],
        statistic: Statistic::Minimum,
        period_seconds: 86_400,
    };
    let text = "The certificate expires within 30 days; health checks would not notice";
    let at = Threshold::below(30, 1).when_missing(AlarmTreatMissingData::NotBreaching);
    alarm(stack, site, "CertificateExpiry", text, &days, at);
}
