using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Sandbox.Faults;

public sealed class FaultKindTests
{
    public static TheoryData<FaultKind> Kinds => [.. Enum.GetValues<FaultKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_fault_says_what_it_affects(FaultKind kind) => Assert.True(Enum.IsDefined(kind.Target()));
}
