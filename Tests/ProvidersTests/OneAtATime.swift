import Testing

/// The suites that bring a world up: each computes two weeks of traffic, so side by side they only
/// make each other wait past their deadlines.
@Suite(.serialized) enum OneAtATime {}
