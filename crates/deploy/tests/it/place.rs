//! An emulated account, the way to it, and the assembly of the default system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws::{Aws, Identity};
use deploy::{
    Assembly, Brought, Deployed, DestroyOptions, Expected, Failure, Guard, Options, Patience,
    Recreation, Site, Standing, Told,
};
use emulator::{Emulator, Way};
use serde_json::{Value as Json, json};

/// The account; an emulator believes an access key of this form.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The Regions of the default system, that of the witness last.
pub(crate) const REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "us-west-2"];

/// An emulated account.
pub(crate) struct Place {
    pub(crate) emulator: Emulator,
    pub(crate) way: Way,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Place {
    /// An empty account.
    pub(crate) fn empty() -> Self {
        let emulator = Emulator::start();
        let way = Way::to(emulator.address());
        Self { emulator, way, told: Arc::default() }
    }

    /// An account that is bootstrapped in all of them.
    pub(crate) fn bootstrapped() -> Self {
        let place = Self::empty();
        REGIONS.iter().for_each(|region| place.emulator.bootstrap(ACCOUNT, region));
        place
    }

    pub(crate) fn site(&self) -> Site {
        self.site_of(ACCOUNT, Expected::default())
    }

    pub(crate) fn site_of(&self, account: &str, expected: Expected) -> Site {
        self.site_with(account, expected, Duration::from_secs(20))
    }

    /// A site whose caller waits so long for an answer.
    pub(crate) fn site_with(
        &self,
        account: &str,
        expected: Expected,
        attempt_time: Duration,
    ) -> Site {
        let (url, account, told) = (self.way.url(), account.to_owned(), Arc::clone(&self.told));
        let aws = move |region: &str| {
            let identity = Identity::Key { id: account.clone(), secret: "secret".to_owned() };
            let place =
                aws::Place { region: region.to_owned(), endpoint_url: Some(url.clone()), identity };
            Aws::new(place, || 0, |_| {})
        };
        let patience = Patience {
            attempts_max: 6,
            attempt_time,
            pause_first: Duration::from_millis(10),
            pause_max: Duration::from_millis(50),
        };
        Site::new(aws, expected, patience, move |it| lock(&told).push(it))
    }

    /// What was told since this was asked last.
    pub(crate) fn told(&self) -> Vec<Told> {
        std::mem::take(&mut *lock(&self.told))
    }

    /// What the requests of this operation said, in order.
    pub(crate) fn forms(&self, operation: &str) -> Vec<BTreeMap<String, String>> {
        let asked = self.way.asked().into_iter();
        asked.filter(|it| it.called.operation == operation).map(|it| it.form()).collect()
    }

    pub(crate) async fn deploy(
        &self,
        assembly: &Assembly,
        options: Options,
    ) -> Result<Deployed, Failure> {
        deploy::deploy(&self.site(), assembly, options).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The assembly of the default system.
pub(crate) fn golden() -> Assembly {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stacks/golden");
    Assembly::read(&folder).unwrap()
}

/// An assembly of one stack in us-east-2.
pub(crate) fn small(resources: Json) -> (tempfile::TempDir, Assembly) {
    chain(&[("Small", resources)])
}

/// An assembly of stacks in us-east-2, each of which waits for the one before; their names are their ids in lower case.
pub(crate) fn chain(stacks: &[(&str, Json)]) -> (tempfile::TempDir, Assembly) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    let mut artifacts = serde_json::Map::new();
    for (at, (stack, resources)) in stacks.iter().enumerate() {
        let ids = resources.as_object().unwrap().keys();
        let metadata: serde_json::Map<_, _> = ids
            .map(|id| {
                (
                    format!("/{stack}/{id}Construct"),
                    json!([{"type": "aws:cdk:logicalId", "data": id}]),
                )
            })
            .collect();
        let name = stack.to_lowercase();
        let template = format!("{name}.json");
        let before: Vec<&str> = at.checked_sub(1).map(|at| stacks[at].0).into_iter().collect();
        artifacts.insert(
            (*stack).to_owned(),
            json!({
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/us-east-2",
                "metadata": metadata,
                "dependencies": before,
                "properties": {"templateFile": template, "stackName": name},
            }),
        );
        std::fs::write(file(&template), json!({"Resources": resources}).to_string()).unwrap();
    }
    std::fs::write(file("manifest.json"), json!({"artifacts": artifacts}).to_string()).unwrap();
    let assembly = Assembly::read(folder.path()).unwrap();
    (folder, assembly)
}

/// All stacks, with nothing that people have said.
pub(crate) fn all(assembly: &Assembly) -> Options {
    Options {
        chosen: assembly.select(&[], false).unwrap(),
        parameters: [].into(),
        guard: Guard::default(),
        record: Standing::None.into(),
        recreate: [].into(),
        imports_existing: false,
        is_express: false,
        reverts_drift: false,
        reviewed: None,
        is_rehearsal: false,
        images_published: false,
        toolkit: "CDKToolkit".to_owned(),
    }
}

/// Taking every stack away that is not protected, and nothing that holds data.
pub(crate) fn removal(assembly: &Assembly) -> DestroyOptions {
    DestroyOptions {
        chosen: all(assembly).chosen,
        delete_data: [].into(),
        takes_snapshots: true,
        is_rehearsal: false,
        unprotect: [].into(),
        guard: Guard::default(),
        record: Standing::None.into(),
    }
}

/// How many stacks became what.
pub(crate) fn count(stacks: &[Brought], what: &str) -> usize {
    stacks.iter().filter(|stack| stack.what == what).count()
}

/// Only a table's name cannot change.
pub(crate) fn create_only(_: &str, property: &str) -> Recreation {
    if property == "TableName" { Recreation::Always } else { Recreation::Never }
}
