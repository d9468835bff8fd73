import Testing

/// The bundle as it is deployed, in the hands of the platform's proxy. One test at a time, since some of them measure.
@Suite(.serialized, .enabled(if: Bundle.isThere, Bundle.hint)) enum ConformanceTests {}
