//! Whether an executable starts in Lambda, as its own tables say: architecture, libraries, versions of glibc.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use object::elf::{
    DT_NEEDED, EM_AARCH64, EM_X86_64, Machine, SHT_DYNSYM, VER_FLG_WEAK, VersionIndex,
};
use object::read::elf::{ElfFile64, FileHeader, Sym};
use object::{LittleEndian, SymbolIndex};
use topology::Architecture;

use super::toolchain::GLIBC;
use crate::failure::with_hint;

/// The libraries that Amazon Linux 2023 has for everybody: those of glibc, and GCC's, which unwinds.
const LIBRARIES: [&str; 9] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libutil.so.1",
];

/// What an executable says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    machine: Machine,
    libraries: BTreeSet<String>,
    /// Versions of glibc that it does not start without, each with the symbols that need it.
    versions: BTreeMap<String, BTreeSet<String>>,
}

/// Reads an executable.
pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Facts> {
    let file = ElfFile64::<LittleEndian>::parse(bytes)
        .context("it is not an executable for 64-bit Linux")?;
    let (endian, sections) = (LittleEndian, file.elf_section_table());
    let table = sections.dynamic_table(endian, bytes)?;
    let needed = table.iter().filter(|entry| entry.tag == DT_NEEDED);
    let libraries =
        needed.map(|entry| Ok(text(table.string(entry)?))).collect::<object::Result<_>>()?;
    let mut versions = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (index, name) in glibc_versions(&file, bytes)? {
        versions.insert(name.clone(), BTreeSet::new());
        names.insert(index, name);
    }
    let symbols = sections.symbols(endian, bytes, SHT_DYNSYM)?;
    let of_symbols = sections.versions(endian, bytes)?.unwrap_or_default();
    for (index, symbol) in symbols.symbols().iter().enumerate() {
        let version = of_symbols.version_index(endian, SymbolIndex(index)).index();
        if let Some(needing) = names.get(&version).and_then(|name| versions.get_mut(name)) {
            needing.insert(text(symbol.name(endian, symbols.strings())?));
        }
    }
    Ok(Facts { machine: file.elf_header().e_machine(endian), libraries, versions })
}

/// The versions that the loader insists on, by the number that symbols refer to them by. GCC's library has
/// versions of its own, which are older than any Linux that Lambda ever had.
fn glibc_versions(
    file: &ElfFile64<'_, LittleEndian>,
    bytes: &[u8],
) -> anyhow::Result<Vec<(VersionIndex, String)>> {
    let (endian, sections) = (LittleEndian, file.elf_section_table());
    let Some((needs, strings)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, bytes, strings)?;
    let mut versions = Vec::new();
    for need in needs {
        let (need, wanted) = need?;
        if need.file(endian, strings)? == b"libgcc_s.so.1" {
            continue;
        }
        for version in wanted {
            let version = version?;
            if version.vna_flags.get(endian).0 & VER_FLG_WEAK.0 == 0 {
                versions
                    .push((version.vna_other.get(endian), text(version.name(endian, strings)?)));
            }
        }
    }
    Ok(versions)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Facts {
    /// The newest version of glibc that it needs; none when it needs none.
    pub(super) fn newest_glibc(&self) -> Option<(u32, u32)> {
        self.versions.keys().filter_map(|name| number(name)).max()
    }

    /// Fails with everything that keeps it from starting in Lambda.
    pub(super) fn check(&self, architecture: Architecture) -> anyhow::Result<()> {
        let mut faults = Vec::new();
        if self.machine != machine(architecture) {
            faults.push(format!("it is not for {}", architecture.as_str()));
        }
        let foreign = self.libraries.iter().filter(|name| !LIBRARIES.contains(&name.as_str()));
        faults.extend(
            foreign.map(|library| format!("it needs `{library}`, which is not part of glibc")),
        );
        let is_new = |name: &str| number(name).is_none_or(|version| version > GLIBC);
        let new: Vec<_> = self.versions.iter().filter(|(name, _)| is_new(name)).collect();
        faults.extend(new.iter().map(|(name, symbols)| too_new(name, symbols)));
        match (faults.is_empty(), new.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => bail!("{}", faults.join("; ")),
            (false, false) => Err(with_hint(
                faults.join("; "),
                "install cargo-zigbuild, which links for an older Linux: `pip install cargo-zigbuild ziglang`",
            )),
        }
    }
}

fn machine(architecture: Architecture) -> Machine {
    match architecture {
        Architecture::Arm64 => EM_AARCH64,
        Architecture::X86_64 => EM_X86_64,
    }
}

/// The number of a version such as `GLIBC_2.34` or `GLIBC_2.2.5`. Others, such as `GLIBC_ABI_DT_RELR`, are
/// promises that came later than what Lambda has.
fn number(name: &str) -> Option<(u32, u32)> {
    let mut parts = name.strip_prefix("GLIBC_")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn too_new(version: &str, symbols: &BTreeSet<String>) -> String {
    let (major, minor) = GLIBC;
    let symbols: Vec<String> = symbols.iter().map(|symbol| format!("`{symbol}`")).collect();
    let what = match symbols.as_slice() {
        [] => version.to_owned(),
        symbols => format!("{} of {version}", symbols.join(", ")),
    };
    format!("it needs {what}, and Amazon Linux 2023 has GLIBC_{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::failure;

    fn facts(machine: Machine, libraries: &str, versions: &[(&str, &str)]) -> Facts {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let versions = versions.iter().map(|(name, symbols)| ((*name).to_owned(), words(symbols)));
        Facts { machine, libraries: words(libraries), versions: versions.collect() }
    }

    #[track_caller]
    fn check(facts: &Facts, expected: Expect) {
        let text = match facts.check(Architecture::Arm64) {
            Ok(()) => format!("starts; glibc {:?}\n", facts.newest_glibc()),
            Err(error) => match failure::hint(&error) {
                Some(hint) => format!("{error}\n{hint}\n"),
                None => format!("{error}\n"),
            },
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn what_lambda_has() {
        let versions =
            [("GLIBC_2.17", "malloc"), ("GLIBC_2.34", "__libc_start_main"), ("GLIBC_2.4", "")];
        check(
            &facts(EM_AARCH64, "libc.so.6 libgcc_s.so.1", &versions),
            expect![[r#"
            starts; glibc Some((2, 34))
        "#]],
        );
        check(
            &facts(EM_AARCH64, "", &[]),
            expect![[r#"
            starts; glibc None
        "#]],
        );
    }

    #[test]
    fn all_that_lambda_has_not() {
        let versions = [
            ("GLIBC_2.34", "pthread_create"),
            ("GLIBC_2.38", "__isoc23_strtol strlcpy"),
            ("GLIBC_3.1", "later"),
            ("GLIBC_ABI_DT_RELR", ""),
        ];
        check(
            &facts(EM_AARCH64, "libz.so.1", &[]),
            expect![[r#"
                it needs `libz.so.1`, which is not part of glibc
            "#]],
        );
        check(
            &facts(EM_X86_64, "libc.so.6 libssl.so.3 libz.so.1", &versions),
            expect![[r#"
                it is not for arm64; it needs `libssl.so.3`, which is not part of glibc; it needs `libz.so.1`, which is not part of glibc; it needs `__isoc23_strtol`, `strlcpy` of GLIBC_2.38, and Amazon Linux 2023 has GLIBC_2.34; it needs `later` of GLIBC_3.1, and Amazon Linux 2023 has GLIBC_2.34; it needs GLIBC_ABI_DT_RELR, and Amazon Linux 2023 has GLIBC_2.34
                install cargo-zigbuild, which links for an older Linux: `pip install cargo-zigbuild ziglang`
            "#]],
        );
    }

    #[test]
    fn reads_this_executable() {
        let path = std::env::current_exe().expect("a test is an executable");
        let facts = read(&std::fs::read(path).expect("it can be read")).expect("it is for Linux");
        let (arm, intel) = (cfg!(target_arch = "aarch64"), cfg!(target_arch = "x86_64"));
        assert_eq!((facts.machine == EM_AARCH64, facts.machine == EM_X86_64), (arm, intel));
        assert!(facts.libraries.contains("libc.so.6"), "{facts:?}");
        let of = |name: &str| facts.versions.iter().find(|(_, symbols)| symbols.contains(name));
        let (version, _) = of("__libc_start_main").expect("every program begins there");
        assert!(number(version).is_some(), "{version}");
        assert!(facts.newest_glibc() >= number(version));
        assert!(facts.versions.values().all(|symbols| !symbols.contains("_Unwind_Resume")));
    }

    #[test]
    fn reads_nothing_else() {
        for bytes in [b"".as_slice(), b"#!/bin/sh\n", b"\x7fELF\x02\x01\x01"] {
            assert!(read(bytes).is_err());
        }
    }
}
