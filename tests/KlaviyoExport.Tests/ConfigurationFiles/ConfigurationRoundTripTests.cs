using KlaviyoExport.Alerts;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class ConfigurationRoundTripTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_exported_file_makes_the_same_configuration_in_an_empty_installation()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full(mode: "mirror"));
        var exported = await bench.ExportAsync();
        Assert.Empty((await bench.PlanAsync(exported)).Changes);
        await using var other = await ConfigurationBench.CreateAsync(bench.Key);

        await other.AppliedAsync(exported.Replace(bench.CustomersFile, other.CustomersFile, StringComparison.Ordinal));

        Assert.Equal(exported, (await other.ExportAsync()).Replace(other.CustomersFile, bench.CustomersFile, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exported_file_is_in_order_of_names_and_has_no_defaults()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        Assert.Equal(
            $$"""
            # Must be set where this file is applied: {{bench.Key}}
            # Must be set where this file is applied: {{bench.Hook}}
            # Must be set where this file is applied: {{bench.HookSecret}}
            version: 1
            connections:
              - name: Practice
                key: {env: {{bench.Key}}}
                dataPrivacy: I agree
                sharing: chosenContributors
                contributors:
                  - carla@company.example
                maxProfilesPerExport: 5000
            sources:
              - name: Customers
                kind: file
                path: {{bench.CustomersFile}}
                keyColumn: customer_id
            segments:
              - name: All good
                source: Customers
                conditions:
                  all:
                    - {memberOf: Readers}
                    - {field: tier, inList: [Gold]}
              - name: Readers
                source: Customers
                conditions:
                  all:
                    - {field: newsletter, equal: true}
            exports:
              - name: Good readers
                connection: Practice
                list: Y6nRLr
                source: Customers
                email: email
                fields:
                  - {field: first_name, to: first_name, required: true}
                segments:
                  - All good
                audience:
                  leaveOutSuppressed: true
                schedule:
                  enabled: true
                  repeats: weekly
                  timeZone: Europe/Belgrade
                  times:
                    - '07:30'
                  days:
                    - monday
                alerts:
                  muted: true
                  warningShare: 2.5
                  owner: false
                  people:
                    - carla@company.example
            systemRefresh:
              enabled: true
              times:
                - '03:00'
            alerts:
              byBell: false
              warningShare: 10
              webhooks:
                - name: Operations
                  url: {env: {{bench.Hook}}}
                  secret: {env: {{bench.HookSecret}}}

            """,
            await bench.ExportAsync()
        );
    }

    [Fact]
    public async Task Everything_that_can_be_stored_can_be_exported_and_read_again()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await StoreOneOfEverythingAsync(bench.Product);

        var exported = await bench.ExportAsync();

        Assert.Empty(ConfigurationFileService.Check(exported));
        Assert.Empty(await ConfigurationSchemaTests.FaultsAsync(exported));
        Assert.Empty((await bench.PlanAsync(exported)).Changes);
        Assert.Equal(exported, await bench.ExportAsync());
    }

    /// <summary>Stores directly what would need database servers.</summary>
    private static async Task StoreOneOfEverythingAsync(Product product)
    {
        var connection = await product.AddConnectionAsync("Yes: #1 'shop' & \"co\"", Sharing.ChosenContributors);
        var (files, everybody) = await product.AddCustomersAsync("null", []);
        await using var db = await product.OpenAsync();
        db.Add(new ConnectionShare { ConnectionId = connection.Id, UserId = "carla" });
        db.AddRange(
            new Source
            {
                Name = "Warehouse",
                Kind = SourceKind.PostgreSql,
                Location = "db:5432/shop",
                Server = new SourceServer("db", 6432, "shop", "reader", ServerTls.Verified, "/etc/ssl/root.pem"),
                Password = [1],
                Query = "SELECT *\n  FROM customers -- all\n\nWHERE name <> 'x: y'",
                KeyColumns = [" id "],
                ChangedAtColumn = "changed: at",
                MaxAgeHours = 36,
                StopsWhenOld = true,
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Old",
                Kind = SourceKind.SqlServer,
                Location = "old:1433/crm",
                Server = new SourceServer("old", null, "crm", "sa", ServerTls.Encrypted),
                Password = [1],
                Table = "dbo.People",
                KeyColumns = ["Id", "a, \"b\": c"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Web shop",
                Kind = SourceKind.MySql,
                Location = "mysql:3306/shop",
                Server = new SourceServer("mysql", null, "shop", "reader", ServerTls.Verified, "/etc/ssl/root.pem"),
                Password = [1],
                Table = "shop.customers",
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Cluster",
                Kind = SourceKind.PostgreSqlCompatible,
                Location = "redshift:5439/dev",
                Server = new SourceServer("redshift", 5439, "dev", "reader", ServerTls.Verified, "/etc/ssl/root.pem"),
                Password = [1],
                Table = "public.customers",
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Reporting",
                Kind = SourceKind.PostgreSql,
                Location = "db:5432/reports",
                Server = new SourceServer("db", null, "reports", "reader"),
                PasswordFrom = SecretPlace.InFile("/run/secrets/reports"),
                Table = "public.people",
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Cloud",
                Kind = SourceKind.SqlServer,
                Location = "crm.database.windows.net:1433/crm",
                Server = new SourceServer("crm.database.windows.net", null, "crm", "0f8fad5b-d9cb-469f-a165-70867728950e")
                {
                    SignIn = ServerSignIn.ServicePrincipal,
                    Tenant = "company.example",
                },
                PasswordFrom = SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET_CRM"),
                Table = "dbo.People",
                KeyColumns = ["Id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Dataverse",
                Kind = SourceKind.SqlServer,
                Location = "contoso.crm4.dynamics.com:1433/contoso",
                Server = new SourceServer("contoso.crm4.dynamics.com", null, "contoso", "") { SignIn = ServerSignIn.ManagedIdentity },
                Table = "dbo.contact",
                KeyColumns = ["contactid"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Bucket",
                Kind = SourceKind.S3,
                Location = "https://store.example/exports/crm/",
                Remote = new RemoteFiles
                {
                    Endpoint = "https://store.example",
                    UsesPathStyle = true,
                    Region = "eu-central-1",
                    Container = "exports",
                    SignIn = RemoteSignIn.AccessKey,
                    User = "AKIA",
                    Folder = "crm/",
                    Pattern = "*.parquet",
                    Choice = RemoteChoice.All,
                },
                Password = [1],
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Lake",
                Kind = SourceKind.AzureBlob,
                Location = "https://crm.blob.core.windows.net/exports/",
                Remote = new RemoteFiles
                {
                    Endpoint = "https://crm.blob.core.windows.net",
                    Container = "exports",
                    SignIn = RemoteSignIn.MachineIdentity,
                },
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Partner",
                Kind = SourceKind.Sftp,
                Location = "sftp://crm@sftp.example:2222/out",
                Remote = new RemoteFiles
                {
                    Host = "sftp.example",
                    Port = 2222,
                    HostKey = "SHA256:" + new string('A', 43),
                    SignIn = RemoteSignIn.PrivateKey,
                    User = "crm",
                    Folder = "/out",
                },
                Password = [1],
                KeyColumns = ["id"],
                CreatedBy = "test",
            },
            new Source
            {
                Name = "Files",
                Kind = SourceKind.Csv,
                Location = "/srv/files",
                Delimiter = "\t",
                Dialect = new FileDialect
                {
                    Encoding = "windows-1250",
                    HasEscape = true,
                    LinesToSkip = 3,
                    Comment = "#",
                    Sheet = "Лист 1",
                },
                KeyColumns = ["key"],
                MaxAgeHours = 1,
                Formats = [new("born") { Days = DayOrder.DayFirst }, new("amount") { Mark = DecimalMark.Comma }],
                CreatedBy = "test",
            }
        );
        var values = Enum.GetValues<Operator>()
            .Select(word => new Condition(
                "a field: 'x'",
                word,
                Operators.ArityOf(word) switch
                {
                    Arity.None => [],
                    Arity.One => ["007"],
                    Arity.Two => ["1.5", "2026-11-22"],
                    _ => ["Gold", "true", "null", "", " - x", "line\nline", "ћирилица"],
                }
            ));
        var hard = new Segment
        {
            Name = "Hard",
            SourceId = files.Id,
            CreatedBy = "test",
            Definition = new ConditionSegment(
                new ConditionGroup(
                    GroupKind.Any,
                    [
                        .. values,
                        new ConditionGroup(GroupKind.None, [new SegmentCondition(everybody.Id, false)]),
                        new SegmentCondition(everybody.Id, true),
                        new ConditionGroup(GroupKind.All, []),
                    ]
                )
            ),
        };
        var vip = new Segment
        {
            Name = "Vip",
            SourceId = files.Id,
            CreatedBy = "test",
            Definition = new MembershipSegment("vip", ["customer id"]),
        };
        var several = new Segment
        {
            Name = "Vip of stores",
            SourceId = files.Id,
            CreatedBy = "test",
            Definition = new MembershipSegment("vip", ["store", "number"]),
        };
        db.AddRange(hard, vip, several);
        Recurrence[] recurrences =
        [
            new()
            {
                Kind = RecurrenceKind.Hourly,
                EveryHours = 6,
                Times = [new(0, 15)],
            },
            new() { Kind = RecurrenceKind.Daily, Times = [new(23, 0), new(7, 30)] },
            new()
            {
                Kind = RecurrenceKind.Weekly,
                Times = [new(7, 0)],
                Days = [DayOfWeek.Sunday, DayOfWeek.Monday],
            },
            new()
            {
                Kind = RecurrenceKind.Monthly,
                Times = [new(7, 0)],
                DayOfMonth = Recurrence.LastDay,
                TimeZone = "Asia/Kolkata",
            },
            new() { Kind = RecurrenceKind.Cron, Cron = "0 0/20 8-17 ? * MON-FRI" },
        ];
        foreach (var recurrence in recurrences)
            db.Add(
                Stored(
                    $"Every {recurrence.Kind}",
                    new ExportSchedule
                    {
                        Own = recurrence,
                        WhenMissed = WhenMissed.Skip,
                        WhenBusy = WhenBusy.Skip,
                    }
                )
            );
        db.Add(Stored("With refresh", new ExportSchedule { IsOn = true }));
        var detached = Stored("Detached", new ExportSchedule());
        detached.ConnectionId = null;
        db.Add(detached);
        db.Add(
            new RefreshPlan
            {
                IsOn = true,
                Recurrence = new Recurrence
                {
                    Kind = RecurrenceKind.Weekly,
                    Days = [DayOfWeek.Friday],
                    Times = [new(1, 0)],
                },
            }
        );
        db.Add(new AlertSettings { ByMail = false, WarningShare = 0.1 });
        foreach (var format in Enum.GetValues<WebhookFormat>())
            db.Add(
                new AlertWebhook
                {
                    Name = $"Hook: {format}",
                    Url = [1],
                    Host = "hooks.example",
                    Format = format,
                    Secret = format == WebhookFormat.Teams ? null : [1],
                    IsOn = format != WebhookFormat.Slack,
                    CreatedBy = "test",
                }
            );
        await db.SaveChangesAsync(Cancel);
        db.Add(
            new ExportAlerts
            {
                ExportId = detached.Id,
                WarningShare = 0,
                TellsAdministrators = false,
                People = ["oskar", "removed", "admin"],
            }
        );
        await db.SaveChangesAsync(Cancel);

        Export Stored(string name, ExportSchedule schedule) =>
            new()
            {
                Name = name,
                ConnectionId = connection.Id,
                ListId = PracticeStore.Newsletter,
                ListName = "Newsletter",
                SourceId = files.Id,
                EmailField = "e-mail",
                Fields =
                [
                    new("phone", "phone_number")
                    {
                        Region = "RS",
                        CountryField = "country",
                        WhenInvalid = WhenInvalid.Reject,
                    },
                    new("tags", "properties.Tags")
                    {
                        Type = MappedType.List,
                        Separator = " | ",
                        Trims = false,
                        Default = "",
                    },
                    new("tier", "properties.Tier") { IsRequired = true, Default = " none " },
                ],
                Segments = [vip, hard],
                ExcludedSegments = name == "Detached" ? [db.Set<Segment>().Local.First(one => one == vip)] : [],
                SyncMode = SyncMode.Incremental,
                Audience = new Audience { OnlySubscribed = true, UpdateOnly = true },
                ListRules = new ListRules
                {
                    ApprovalShare = 0.25,
                    ApprovalAtLeast = 7,
                    Verify = VerifyList.Weekly,
                    WhenRemovedByHand = WhenRemovedByHand.PutBack,
                },
                Schedule = schedule,
                CreatedBy = "test",
            };
    }
}
