namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>The scopes that the calls of the sandbox require.</summary>
public static class Scopes
{
    public const string AccountsRead = "accounts:read";
    public const string ListsRead = "lists:read";
    public const string ListsWrite = "lists:write";
    public const string ProfilesRead = "profiles:read";
    public const string ProfilesWrite = "profiles:write";
    public const string SubscriptionsRead = "subscriptions:read";
    public const string SubscriptionsWrite = "subscriptions:write";

    public static IReadOnlyList<string> All { get; } =
    [AccountsRead, ListsRead, ListsWrite, ProfilesRead, ProfilesWrite, SubscriptionsRead, SubscriptionsWrite];

    public static IReadOnlyList<string> ReadOnly { get; } = [AccountsRead, ListsRead, ProfilesRead, SubscriptionsRead];
}
