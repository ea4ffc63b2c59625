//! What S3 answers, as its documentation shows it (`ListObjectVersions`, `DeleteObjects`).

use super::*;

const LISTED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><KeyMarker></KeyMarker>
<VersionIdMarker></VersionIdMarker><NextKeyMarker>b%26c</NextKeyMarker><NextVersionIdMarker>v3</NextVersionIdMarker>
<MaxKeys>3</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<Version><Key>receipts/a+b.json</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><Size>4</Size></Version>
<DeleteMarker><Key>receipts/a+b.json</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest></DeleteMarker>
<Version><Key>b%26c</Key><VersionId>null</VersionId><IsLatest>true</IsLatest></Version></ListVersionsResult>"#;

fn version(key: &str, id: &str) -> Version {
    Version { key: key.to_owned(), id: id.to_owned() }
}

#[test]
fn versions_and_delete_markers_are_read() {
    let wanted = vec![
        version("receipts/a b.json", "v1"),
        version("b&c", "null"),
        version("receipts/a b.json", "v2"),
    ];
    assert_eq!(versions(LISTED), wanted);
    let plain = LISTED.replace("<EncodingType>url</EncodingType>", "").replace("b%26c", "b&amp;c");
    assert_eq!(versions(&plain)[0].key, "receipts/a+b.json");
    assert_eq!(versions(&plain)[1].key, "b&c");
}

#[test]
fn keys_are_written_so_that_they_are_read_as_they_were() {
    let text = deletion(&[version("a<b>&\"'&amp;\r", "v1")]);
    let key = element(&text, "Key").expect("it is there");
    assert_eq!(key, "a&lt;b&gt;&amp;&quot;&apos;&amp;amp;&#13;");
    assert_eq!(unescaped(key), "a<b>&\"'&amp;\r");
    assert_eq!(element(&text, "VersionId"), Some("v1"));
    assert_eq!(element(&text, "Quiet"), Some("true"));
}
