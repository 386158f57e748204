namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>An account as a test looks at it.</summary>
public sealed record PracticeAccount(string Id, string Name, int Profiles, int Jobs, IReadOnlyList<PracticeListSize> Lists);

/// <summary>A list and how many are on it.</summary>
public sealed record PracticeListSize(string Id, string Name, bool DoubleOptIn, int Members);
