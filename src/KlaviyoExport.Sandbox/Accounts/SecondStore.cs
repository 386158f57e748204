namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>A second account, to detect when accounts are mixed up.</summary>
public static class SecondStore
{
    public const string Id = "Secnd2";
    public const string FullKey = "pk_second0000000000000000000000full01";
    public const string Customers = "Cust0m";

    public static AccountSeed Seed { get; } =
        new(Id, "Second Store")
        {
            TimeZone = "Europe/Madrid",
            Keys = [new(FullKey, "Full access", Scopes.All)],
            Lists = [new(Customers, "Customers"), new("Cstmr2", "Clients de Girona")],
        };
}
