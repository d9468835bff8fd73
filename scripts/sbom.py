"""Writes what is in a bundle as CycloneDX 1.6 (cyclonedx.org/docs/1.6/json), the same bytes for the same input.

    scripts/sbom.py BUILD PRODUCT VERSION FOLDER

BUILD is SwiftPM's scratch folder, PRODUCT the executable that was linked there, FOLDER the one that is packed, with
`lib/`. Swift packages are those of whose modules something was linked, in the version that was resolved; libraries are
named by the Debian package that they are from.
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def linked_modules(build: Path, product: str) -> set[str]:
    lists = sorted(build.glob(f"*/release/{product}.product/Objects.LinkFileList"))
    if not lists:
        sys.exit(f"sbom: nothing says what {product} was linked of: build it in {build} first")
    return set(re.findall(r"/([^/\s]+)\.build/", lists[0].read_text()))


def swift_packages(build: Path, product: str) -> list[dict]:
    modules = linked_modules(build, product)
    state = json.loads((build / "workspace-state.json").read_text())
    components = []
    for dependency in state["object"]["dependencies"]:
        sources = build / "checkouts" / dependency["subpath"] / "Sources"
        if not any((sources / module).is_dir() for module in modules):
            continue
        checkout = dependency["state"]["checkoutState"]
        place = re.sub(r"^https://|\.git$", "", dependency["packageRef"]["location"])
        components.append(
            {
                "type": "library",
                "bom-ref": f"pkg:swift/{place}@{checkout['version']}",
                "name": dependency["packageRef"]["name"],
                "version": checkout["version"],
                "purl": f"pkg:swift/{place}@{checkout['version']}",
            }
        )
    return components


def debian_packages(build: Path, folder: Path) -> list[dict]:
    names = set()
    for library in (folder / "lib").iterdir():
        # What stands in for a library that nobody calls is ours (decision 40).
        if (build / "stand-ins" / library.name).exists():
            continue
        found = subprocess.run(["dpkg", "-S", f"*/{library.name}"], check=False, capture_output=True, text=True)
        if found.returncode == 0:
            names.add(found.stdout.split(":")[0])
    components = []
    for name in names:
        shown = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version} ${Architecture}", name], capture_output=True, text=True, check=True
        )
        version, architecture = shown.stdout.split()
        purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}"
        components.append(
            {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        )
    return components


def main() -> None:
    build, product, version, folder = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    runtime = re.search(r"Swift version (\S+)", swift)
    components = swift_packages(build, product) + debian_packages(build, folder)
    if runtime:
        purl = f"pkg:generic/swift@{runtime.group(1)}"
        components.append(
            {"type": "framework", "bom-ref": purl, "name": "swift", "version": runtime.group(1), "purl": purl}
        )
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": f"breath-master-{product}", "version": version}},
        "components": sorted(components, key=lambda component: component["purl"]),
    }
    (folder / "sbom.cdx.json").write_text(json.dumps(document, indent=2) + "\n")


main()
