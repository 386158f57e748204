namespace KlaviyoExport.Tests.Sandbox.Sdk;

/// <summary>
/// Klaviyo's own SDK for Node.js against the sandbox: what it sends is accepted, and it understands every answer. <c>contract.mjs</c> has
/// the scenarios.
/// </summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class SdkContractTests(SdkScenarios scenarios) : IClassFixture<SdkScenarios>
{
    [Theory]
    [InlineData("accounts")]
    [InlineData("lists")]
    [InlineData("create-list")]
    [InlineData("import")]
    [InlineData("errors")]
    [InlineData("jobs")]
    [InlineData("membership")]
    [InlineData("profiles")]
    [InlineData("oauth")]
    [InlineData("limits")]
    public void Klaviyos_SDK_works_with_the_sandbox(string scenario)
    {
        Assert.SkipWhen(SdkScenarios.Folder is null, "KLAVIYOEXPORT_TEST_SDK names no folder with Klaviyo's SDK; ./test.sh installs it.");
        Assert.True(scenarios.Results.TryGetValue(scenario, out var why), "The scenario was not run.");
        Assert.Null(why);
    }
}
