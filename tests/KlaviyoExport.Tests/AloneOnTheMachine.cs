namespace KlaviyoExport.Tests;

/// <summary>The tests of this collection run one at a time, when all others have ended.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine;
