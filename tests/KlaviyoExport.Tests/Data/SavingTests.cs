using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Data;

public class SavingTests
{
    [Fact]
    public async Task An_item_that_came_into_use_during_its_removal_stays_and_says_so()
    {
        await using var store = await TestStore.CreateAsync();
        var source = new Source
        {
            Name = "Customers",
            Location = "/x.csv",
            KeyColumns = ["id"],
            CreatedBy = "a",
        };
        var segment = new Segment
        {
            Name = "All",
            Source = source,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
            CreatedBy = "a",
        };
        await using (var db = await store.OpenAsync())
        {
            db.Set<Segment>().Add(segment);
            await db.SaveChangesAsync();
        }

        await using var remover = await store.OpenAsync();
        remover.Set<Segment>().Remove(await remover.Set<Segment>().SingleAsync());
        await using (var user = await store.OpenAsync())
        {
            user.Set<Export>()
                .Add(
                    new Export
                    {
                        Name = "Export",
                        ListId = "L",
                        ListName = "L",
                        EmailField = "email",
                        CreatedBy = "a",
                        SourceId = source.Id,
                        Segments = [await user.Set<Segment>().SingleAsync()],
                        Connection = new Connection
                        {
                            Name = "C",
                            AccountId = "A",
                            AccountName = "A",
                            ApiKey = [],
                            ApiKeyEnding = "",
                            ConsentBy = "a",
                            CreatedBy = "a",
                        },
                    }
                );
            await user.SaveChangesAsync();
        }

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => remover.SaveAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Data.Conflict", refused.LocalizedMessage.Code);
        await using var after = await store.OpenAsync();
        Assert.Equal(1, await after.Set<Segment>().CountAsync());
    }
}
