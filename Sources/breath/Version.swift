/// Which release this is, as CHANGELOG.md names it; a release workflow refuses a tag that says otherwise.
enum Version { static let text = "0.1.0" }
