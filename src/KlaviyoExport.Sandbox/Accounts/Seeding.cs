using System.Text.Json;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>Fills a new account.</summary>
internal static class Seeding
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(90);

    public static void Begin(Account account, DateTimeOffset now)
    {
        foreach (var list in account.Seed.Lists)
            account.AddList(new SandboxList(list.Id, list.Name, list.DoubleOptIn, now - Age));
        foreach (var profile in account.Seed.Profiles)
            Add(account, profile, now - Age);
    }

    public static void Add(Account account, ProfileSeed profile, DateTimeOffset at)
    {
        var resource = JsonSerializer.SerializeToElement(
            new
            {
                type = "profile",
                attributes = new
                {
                    email = profile.Email,
                    first_name = profile.FirstName,
                    last_name = profile.LastName,
                },
            }
        );
        var (row, _, error) = ProfileUpsert.Apply(account, resource, "", nullClears: false, at);
        if (error is not null)
            throw new InvalidOperationException(error.Detail);
        if (profile.Consent != SandboxConsent.NeverSubscribed)
            account.SetConsent(row, Consent.From(profile.Consent, at));
        foreach (var id in profile.ListIds)
            account.Join(account.List(id) ?? throw new KeyNotFoundException($"There is no list '{id}'."), row, at);
    }
}
