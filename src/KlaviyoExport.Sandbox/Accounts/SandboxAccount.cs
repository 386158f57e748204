namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>An account, for tests.</summary>
public sealed record SandboxAccount(string Id, string Name, int Profiles, int Jobs, IReadOnlyList<SandboxListSize> Lists);

/// <summary>A list and its number of members.</summary>
public sealed record SandboxListSize(string Id, string Name, bool DoubleOptIn, int Members);
