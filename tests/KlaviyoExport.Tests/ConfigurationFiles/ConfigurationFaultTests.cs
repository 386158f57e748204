using KlaviyoExport.ConfigurationFiles;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class ConfigurationFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "1:1: The file is empty.")]
    [InlineData("# nothing\n", "1:1: The file is empty.")]
    [InlineData("- version", "1:1: Keys with values are expected here: version, connections,")]
    [InlineData("{}", "1:1: The key “version” is missing.")]
    [InlineData("version: 2", "1:10: Enter a whole number from 1 to 1.")]
    [InlineData("version: 1\nversion: 1", "2:1: The key “version” occurs twice.")]
    [InlineData("version: 1\nexport: []", "2:1: The key “export” is not known here. Did you mean “exports”?")]
    [InlineData("version: 1\nwhatever: []", "2:1: The key “whatever” is not known here. Possible are: version, connections,")]
    [InlineData("version: 1\nexports:", "2:9: A list is expected here.")]
    [InlineData("version: 1\nexports: {}", "2:10: A list is expected here.")]
    [InlineData("version: 1\n---\nversion: 1", "2:1: The file has more than one YAML document.")]
    [InlineData("version: 1\n  x: 1", "2:4: This is not valid YAML.")]
    [InlineData("version: [1", "2:1: This is not valid YAML.")]
    [InlineData("version: &a 1", "1:10: Anchors (&) and aliases (*) are not allowed.")]
    [InlineData("version: *a", "1:10: Anchors (&) and aliases (*) are not allowed.")]
    [InlineData("version: !!int 1", "1:10: The type tag “tag:yaml.org,2002:int” is not allowed.")]
    [InlineData("version: !Danger {}", "1:10: The type tag “!Danger” is not allowed.")]
    [InlineData("version: 1\n? [a]\n: 1", "2:3: A key must be a text.")]
    public void A_file_that_cannot_be_read_has_a_fault_with_its_place(string text, string fault) =>
        Assert.StartsWith(fault, ConfigurationFileService.Check(text)[0].ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("name:", "3:12: There is no value.")]
    [InlineData("name: ~", "3:13: There is no value.")]
    [InlineData("name: ''", "3:13: Enter a text of 1 to 100 characters.")]
    [InlineData("name: [x]", "3:13: A single value is expected here")]
    [InlineData("kind: fil", "3:13: “fil” is not known here. Did you mean “file”? Possible are: file, sqlite, postgreSql, sqlServer")]
    [InlineData("linesToSkip: many", "3:20: Enter a whole number from 0 to 1000.")]
    [InlineData("backslashEscapes: yes", "3:25: Enter true or false.")]
    [InlineData("host: db", "3:7: The key “host” has no meaning together with the others.")]
    [InlineData("query: SELECT 1", "3:7: The key “query” has no meaning together with the others.")]
    [InlineData("delimiter: abc", "3:7: ")]
    [InlineData("delimeter: ','", "3:7: The key “delimeter” is not known here. Did you mean “delimiter”?")]
    [InlineData("changedAtColumn: changed", "3:7: The key “changedAtColumn” has no meaning together with the others.")]
    [InlineData("maxAgeHours: 0", "3:20: Enter a whole number from 1 to 87600.")]
    [InlineData("whenOld: stop", "3:7: The key “whenOld” has no meaning together with the others.")]
    [InlineData("path: null", "3:13: There is no value.")]
    [InlineData("keyColumns: [a, b]", "7:7: The key “keyColumn” has no meaning together with the others.")]
    public void A_source_with_a_wrong_value_has_a_fault_with_its_place(string line, string fault)
    {
        var key = line.Split(':')[0];
        string[] others = ["name: Customers", "kind: file", "path: /srv/x.csv", "keyColumn: id"];
        var lines = others.Where(other => !other.StartsWith(key + ":", StringComparison.Ordinal)).Prepend(line);

        var faults = ConfigurationFileService.Check("version: 1\nsources:\n    - " + string.Join("\n      ", lines));

        Assert.StartsWith(fault, Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ field: tier }", "Beside field, exactly one operator is expected")]
    [InlineData("{ field: tier, equal: a, notEqual: b }", "Beside field, exactly one operator is expected")]
    [InlineData("{ field: tier, equals: a }", "The key “equals” is not known here. Did you mean “equal”?")]
    [InlineData("{ field: tier, isEmpty: false }", "Write “isEmpty: true”.")]
    [InlineData("{ field: tier, between: [1] }", "The list must have 2 to 2 items.")]
    [InlineData("{ field: tier, inList: Gold }", "A list is expected here.")]
    [InlineData("{ field: tier, inList: [] }", "The list must have 1 to 10,000 items.")]
    [InlineData("{ equal: Gold }", "A condition is expected here")]
    [InlineData("{ all: [], any: [] }", "A condition is expected here")]
    [InlineData("tier", "A condition is expected here")]
    [InlineData("{ memberOf: [a] }", "A single value is expected here")]
    public void A_wrong_condition_has_a_fault(string condition, string fault) =>
        Assert.StartsWith(
            fault,
            Assert
                .Single(
                    ConfigurationFileService.Check(
                        "version: 1\nsegments:\n  - name: Gold\n    source: Customers\n"
                            + $"    conditions:\n      all:\n        - {condition}\n"
                    )
                )
                .Text,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("schedule: { repeats: daily }", "Choose 1 to 4 times of day")]
    [InlineData("schedule: { repeats: daily, times: ['7:30'] }", "“7:30” is not a time of day.")]
    [InlineData("schedule: { repeats: daily, times: ['07:30'], days: [monday] }", "The key “days” has no meaning")]
    [InlineData("schedule: { times: ['07:30'] }", "The key “times” has no meaning")]
    [InlineData("schedule: { repeats: daily, times: ['07:30'], timeZone: Europe/Beograd }", "")]
    [InlineData("schedule: { repeats: cron, cron: '* * *' }", "")]
    [InlineData("schedule: { repeats: monthly, times: ['07:30'], dayOfMonth: 32 }", "Enter a whole number from 1 to 31.")]
    [InlineData("segments: []", "The list must have 1 to 1,000 items.")]
    [InlineData("segments: [Gold, Gold]", "“Gold” occurs twice.")]
    [InlineData("listRules: { approvalShare: 1000 }", "Enter a number from 0.01 to 100")]
    [InlineData("fields: [{ field: a }]", "The key “to” is missing.")]
    public void An_export_with_a_wrong_value_has_a_fault(string line, string fault)
    {
        var segments = line.StartsWith("segments", StringComparison.Ordinal) ? "" : "    segments: [Gold]\n";
        var text =
            "version: 1\nexports:\n  - name: Gold\n    connection: Shop\n    list: abc\n    source: Customers\n    email: email\n"
            + $"{segments}    {line}\n";

        Assert.StartsWith(fault, Assert.Single(ConfigurationFileService.Check(text)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_together_in_the_order_of_the_file()
    {
        const string Text = """
            version: 1
            sources:
              - name: Customers
                kind: fiel
                path: /srv/x.csv
              - name: Customers
                kind: file
                path: relative.csv
                keyColumn: id
            segments:
              - nam: Gold
                source: Customers
                conditions: { all: [] }
            connections:
              - name: Shop
                key: { env: azure_secret }
              - name: Shop
                key: { env: AZURE_CLIENT_SECRET }
              - name: Other
                key: { env: A, keyVault: b }
            """;

        Assert.Equal(
            ["3:5", "4:11", "6:11", "11:5", "11:5", "16:10", "17:11", "18:10", "20:10"],
            ConfigurationFileService.Check(Text).Select(fault => $"{fault.Line}:{fault.Column}")
        );
    }

    [Fact]
    public async Task A_secret_that_the_server_may_not_read_is_reported_before_anything_changes()
    {
        await using var bench = await ConfigurationBench.CreateAsync();

        Assert.Equal(
            [
                "3:11: The environment variable PATH may not be read. Use one whose name starts with KLAVIYO_EXPORT_SECRET_, or let whoever "
                    + "operates this installation change Secrets:EnvironmentPrefix.",
                "7:11: The file /etc/shadow may not be read. Use a file that is directly in /run/secrets, or let whoever operates this "
                    + "installation change Secrets:Directories.",
            ],
            await bench.FaultsAsync(
                """
                version: 1
                connections:
                  - name: Shop
                    key: { envWhenUsed: PATH }
                    dataPrivacy: I agree
                sources:
                  - name: CRM
                    kind: postgreSql
                    host: db
                    database: crm
                    user: reader
                    password: { file: /etc/shadow }
                    table: public.people
                    keyColumn: id
                """
            )
        );
    }

    [Fact]
    public async Task Names_that_nobody_has_are_reported_with_the_nearest_one()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        Assert.Equal(
            [
                "4:13: There is no source “Costumers”, neither in the file nor in the installation. Did you mean “Customers”?",
                "5:38: There is no segment “Whoever”, neither in the file nor in the installation.",
                "6:11: The segment “One” refers to itself, perhaps through others. Remove one of the references.",
                "13:20: Nobody with the role Contributor signs in as “oskar@company.example”.",
            ],
            await bench.FaultsAsync(
                $$"""
                version: 1
                segments:
                  - name: Gold
                    source: Costumers
                    conditions: { all: [ { memberOf: Whoever } ] }
                  - name: One
                    source: Customers
                    conditions: { all: [ { memberOf: One } ] }
                connections:
                  - name: Practice
                    key: { env: {{bench.Key}} }
                    sharing: chosenContributors
                    contributors: [oskar@company.example]
                """
            )
        );
    }

    [Fact]
    public void A_file_is_limited_in_length_depth_and_number_of_values()
    {
        Assert.Contains("too long", ConfigurationFileService.Check(new string(' ', 2_000_001))[0].Text, StringComparison.Ordinal);
        Assert.Contains("nested more than", ConfigurationFileService.Check(new string('[', 500_000))[0].Text, StringComparison.Ordinal);
        Assert.Contains(
            "more than 200,000 values",
            ConfigurationFileService.Check("[" + string.Concat(Enumerable.Repeat("1,", 250_000)) + "]")[0].Text,
            StringComparison.Ordinal
        );
        Assert.Equal(
            100,
            ConfigurationFileService.Check("version: 1\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"zzzzzzzz{i}: 1\n"))).Count
        );
    }

    [Fact]
    public void More_faults_than_are_reported_are_still_faults() =>
        Assert.Equal(
            100,
            ConfigurationFileService
                .Check("version: 1\nsources:\n" + string.Concat(Enumerable.Repeat("  - { kind: file, keyColumn: id }\n", 300)))
                .Count
        );

    [Fact]
    public async Task A_stream_is_read_no_further_than_a_file_may_be_long()
    {
        await using var stream = new MemoryStream(new byte[5_000_000]);

        Assert.Equal(2_000_001, (await ConfigurationFileService.ReadAsync(stream, Cancel)).Length);
    }
}
