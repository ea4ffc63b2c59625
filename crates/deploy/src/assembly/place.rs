//! What placeholders of an assembly mean.

/// Where a stack goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) partition: String,
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Place {
    /// The text with its placeholders filled in.
    pub(crate) fn fill(&self, text: &str) -> String {
        let values = [
            ("${AWS::Partition}", &self.partition),
            ("${AWS::AccountId}", &self.account),
            ("${AWS::Region}", &self.region),
        ];
        values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_what_it_knows() {
        let [partition, account, region] = ["aws", "111122223333", "us-east-2"].map(str::to_owned);
        let place = Place { partition, account, region };
        let filled =
            place.fill("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/a-${AWS::Region}-${B}");
        assert_eq!(filled, "arn:aws:iam::111122223333:role/a-us-east-2-${B}");
    }
}
