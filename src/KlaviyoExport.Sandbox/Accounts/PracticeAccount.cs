namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>An account, for tests.</summary>
public sealed record PracticeAccount(string Id, string Name, int Profiles, int Jobs, IReadOnlyList<PracticeListSize> Lists);

/// <summary>A list and its number of members.</summary>
public sealed record PracticeListSize(string Id, string Name, bool DoubleOptIn, int Members);
