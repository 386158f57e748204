using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>The first practice account. Its keys are valid in this sandbox only, so they need not be secret.</summary>
public static class PracticeStore
{
    public const string Id = "Pract1";
    public const string FullKey = "pk_practice00000000000000000000full01";
    public const string ReadOnlyKey = "pk_practice000000000000000readonly02";
    public const string NoListsWriteKey = "pk_practice0000000000nolistswrite03";

    public const string Newsletter = "Y6nRLr";
    public const string NewsletterReaders = "NwsRdr";
    public const string WinBack = "WbK4t9";
    public const string DoubleOptInList = "Dbl0pt";

    public static AccountSeed Seed { get; } =
        new(Id, "Practice Store")
        {
            TestAccount = true,
            Keys =
            [
                new(FullKey, "Full access", Scopes.All),
                new(ReadOnlyKey, "Read only", Scopes.ReadOnly),
                new(NoListsWriteKey, "Everything but lists:write", [.. Scopes.All.Where(s => s != Scopes.ListsWrite)]),
            ],
            Lists =
            [
                new(Newsletter, "Newsletter"),
                new(NewsletterReaders, "Newsletter readers"),
                new(WinBack, "Win back"),
                new(DoubleOptInList, "Newsletter (double opt-in)", DoubleOptIn: true),
                new("VipCu5", "VIP customers"),
                new("Brthd4", "Birthday club"),
                new("AbCrt7", "Abandoned carts"),
                new("EarlyB", "Early birds"),
                new("LoyGld", "Loyalty: gold"),
                new("LoySlv", "Loyalty: silver"),
                new("ShopBg", "Prodavnica Beograd · Продавница"),
                new("ShopBc", "Botiga de Barcelona"),
                new("Spr1ng", "Spring campaign"),
                new("Summ3r", "Summer campaign"),
                new("Refrl8", "Referrals"),
                new("Wh0lsl", "Wholesale"),
                new("Tst000", "Test list, may be emptied"),
            ],
            Profiles =
            [
                new("subscribed@practice.example", "Sonja", "Subscribed", SandboxConsent.Subscribed, Newsletter, DoubleOptInList),
                new("never@practice.example", "Nikola", "Never", SandboxConsent.NeverSubscribed, Newsletter),
                new("unsubscribed@practice.example", "Una", "Unsubscribed", SandboxConsent.Unsubscribed, DoubleOptInList),
                new("spam@practice.example", "Spasoje", "Spam", SandboxConsent.SpamComplaint),
                new("suppressed@practice.example", "Senka", "Suppressed", SandboxConsent.UserSuppressed),
            ],
        };
}
