using KlaviyoExport.Exports;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Scheduling;

/// <summary>When the columns of sources are looked at by the product itself.</summary>
public sealed class ColumnChecksTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_columns_are_looked_at_once_an_hour()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await product.AddScheduledAsync("Newsletter", new ExportSchedule());

        Assert.Equal(1, await LookAsync(product));
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await LookAsync(product));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await LookAsync(product));
    }

    [Fact]
    public async Task They_are_looked_at_again_shortly_before_a_scheduled_run()
    {
        // It is 12:00, and the run is at 13:00.
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock, new() { ["Sources:ColumnCheckInterval"] = "7.00:00:00" });
        await product.AddScheduledAsync("Newsletter", new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        await LookAsync(product);
        clock.Advance(TimeSpan.FromMinutes(44));
        Assert.Equal(0, await LookAsync(product));

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await LookAsync(product));
        Assert.Equal(0, await LookAsync(product));
    }

    [Fact]
    public async Task They_are_looked_at_again_shortly_before_the_refresh_of_their_exports()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock, new() { ["Sources:ColumnCheckInterval"] = "7.00:00:00" });
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await product.AddScheduledAsync(
            "Other",
            new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 with { Times = [new(23, 0)] } }
        );
        await LookAsync(product);
        await using (var db = await product.OpenAsync())
        {
            var plan = await db.Set<RefreshPlan>().SingleOrDefaultAsync(Cancel) ?? db.Add(new RefreshPlan()).Entity;
            (plan.IsOn, plan.NextAt) = (true, clock.GetUtcNow().AddMinutes(30));
            await db.SaveChangesAsync(Cancel);
        }

        clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(1, await LookAsync(product));
    }

    [Fact]
    public async Task With_an_interval_of_zero_they_are_never_looked_at()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["Sources:ColumnCheckInterval"] = "00:00:00" });
        await product.AddScheduledAsync("Newsletter", new ExportSchedule());

        Assert.Equal(0, await LookAsync(product));
    }

    [Theory]
    [InlineData("00:04:59")]
    [InlineData("7.00:00:01")]
    public async Task Another_interval_is_refused_at_start(string interval)
    {
        await using var product = await Product.CreateAsync(settings: new() { ["Sources:ColumnCheckInterval"] = interval });

        var refused = Assert.Throws<OptionsValidationException>(() => product.Get<IOptions<SourceOptions>>().Value);

        Assert.Contains("Sources:ColumnCheckInterval", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_product_looks_by_itself()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await product.AddScheduledAsync("Newsletter", new ExportSchedule());
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(product.Directory, "Newsletter.db")};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE customers RENAME COLUMN name TO first_name";
            await command.ExecuteNonQueryAsync(Cancel);
        }
        await product.StartAsync();

        Source source;
        do
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
            await using var db = await product.OpenAsync();
            source = await db.Set<Source>().AsNoTracking().SingleAsync(Cancel);
        } while (source.ColumnsCheckedAt is null);
        await product.StopAsync();

        Assert.Contains(
            source.Drift!.Changes,
            change => change is { Kind: ColumnChangeKind.Gone, Column: "name", PerhapsNow: "first_name" }
        );
    }

    private static Task<int> LookAsync(Product product) => product.Get<ColumnChecks>().LookAsync(Cancel);
}
