using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.ConfigurationFiles;

/// <summary>
/// A product without any configuration, with a file of customers and an environment variable with the key of the practice store.
/// </summary>
internal sealed class ConfigurationBench : IAsyncDisposable
{
    private const string Customers = """
        customer_id,email,first_name,tier,newsletter
        1,ana@shop.example,Ana,Gold,true
        2,boris@shop.example,Boris,Silver,true
        3,carla@shop.example,Carla,Gold,false
        4,,Dana,Gold,true
        """;

    private readonly List<string> _variables = [];

    private ConfigurationBench(Product product) => Product = product;

    public Product Product { get; }

    /// <summary>The name of the variable with the key.</summary>
    public string Key { get; private init; } = "";

    /// <summary>The name of the variable with the address of the webhook.</summary>
    public string Hook => Key + "_HOOK";

    /// <summary>The name of the variable with the key of the webhook's signature.</summary>
    public string HookSecret => Key + "_HOOK_SECRET";

    public string CustomersFile => Path.Combine(Product.Directory, "customers.csv");

    private ConfigurationFileService Service => Product.Get<ConfigurationFileService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="key">The variable with the key. Null for one that no other test uses.</param>
    public static async Task<ConfigurationBench> CreateAsync(string? key = null, string? value = PracticeStore.FullKey)
    {
        var bench = new ConfigurationBench(await Product.CreateAsync()) { Key = key ?? $"TEST_KEY_{Guid.NewGuid():N}".ToUpperInvariant() };
        bench.Set(bench.Key, value);
        bench.Set(bench.Hook, "https://hooks.shop.example");
        bench.Set(bench.HookSecret, "sixteen characters or more");
        await File.WriteAllTextAsync(bench.CustomersFile, Customers, Cancel);
        await using var db = await bench.Product.OpenAsync();
        await db.Set<AppUser>()
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.Email, user => user.Id + "@company.example"), Cancel);
        return bench;
    }

    /// <summary>A file with one of everything.</summary>
    public string Full(string list = PracticeStore.Newsletter, string mode = "full", string tier = "Gold") =>
        $$"""
            version: 1
            connections:
              - name: Practice
                key: { env: {{Key}} }
                dataPrivacy: I agree
                sharing: chosenContributors
                contributors: [carla@company.example]
                maxProfilesPerExport: 5000
            sources:
              - name: Customers
                kind: file
                path: {{CustomersFile}}
                keyColumn: customer_id
            segments:
              - name: All good
                source: Customers
                conditions:
                  all:
                    - memberOf: Readers
                    - { field: tier, inList: [{{tier}}] }
              - name: Readers
                source: Customers
                conditions:
                  all:
                    - { field: newsletter, equal: true }
            exports:
              - name: Good readers
                connection: Practice
                list: {{list}}
                source: Customers
                email: email
                fields:
                  - { field: first_name, to: first_name, required: true }
                segments: [All good]
                mode: {{mode}}
                audience: { leaveOutSuppressed: true }
                schedule: { enabled: true, repeats: weekly, days: [monday], times: ["07:30"], timeZone: Europe/Belgrade }
                alerts: { muted: true, warningShare: 2.5, owner: false, people: [Carla@company.example] }
            systemRefresh:
              enabled: true
              times: ["03:00"]
            alerts:
              byBell: false
              warningShare: 10
              webhooks:
                - name: Operations
                  url: { env: {{Hook}} }
                  secret: { env: {{HookSecret}} }

            """;

    /// <summary>Sets an environment variable until the end of the test.</summary>
    public void Set(string variable, string? value)
    {
        _variables.Add(variable);
        Environment.SetEnvironmentVariable(variable, value);
    }

    public Task<string> ExportAsync() => Service.ExportAsync(Product.Administrator, Cancel);

    public Task<ConfigurationPlan> PlanAsync(string text) => Service.PlanAsync(Product.Administrator, text, Cancel);

    public Task<ConfigurationResult> ApplyAsync(string text, bool prune = false, string? state = null, Actor? actor = null) =>
        Service.ApplyAsync(actor ?? Product.Administrator, text, new ApplyOptions { Prune = prune, ExpectedState = state }, Cancel);

    /// <summary>Applies a file, all of whose changes must be made.</summary>
    public async Task AppliedAsync(string text, bool prune = false)
    {
        var result = await ApplyAsync(text, prune);
        Assert.All(result.Changes, change => Assert.Equal((ChangeOutcome.Applied, null), (change.Outcome, change.Text)));
    }

    /// <summary>Plans a file that has faults.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(string text) =>
        [.. (await Assert.ThrowsAsync<ConfigurationInvalidException>(() => PlanAsync(text))).Faults.Select(fault => fault.ToString())];

    public async Task<T> FindAsync<T>(string name)
        where T : class
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<T>().AsNoTracking().SingleAsync(item => EF.Property<string>(item, "Name") == name, Cancel);
    }

    public async Task<int> CountAsync<T>()
        where T : class
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<T>().CountAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var variable in _variables)
            Environment.SetEnvironmentVariable(variable, null);
        await Product.DisposeAsync();
    }
}
