using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Tests.Klaviyo.Wire;

public sealed class EmailFilterTests
{
    [Fact]
    public void Addresses_are_quoted_and_escaped_for_the_URL()
    {
        var filter = Assert.Single(EmailFilter.For(["ana+shop@example.com", "o'brien&x=1#@example.ie"]));

        Assert.Equal("""any(email,["ana+shop@example.com","o'brien&x=1#@example.ie"])""", Uri.UnescapeDataString(filter));
        Assert.DoesNotContain(filter, c => c is '+' or '&' or '#' or '=' or '"');
    }

    [Fact]
    public void A_quote_cannot_end_the_string_it_is_in() =>
        Assert.Equal("""any(email,["a\"],x\\"])""", Uri.UnescapeDataString(Assert.Single(EmailFilter.For(["a\"],x\\"]))));

    [Fact]
    public void No_addresses_make_no_filter() => Assert.Empty(EmailFilter.For([]));

    [Fact]
    public void A_hundred_of_the_longest_addresses_are_split_into_URLs_that_every_proxy_accepts()
    {
        var emails = Enumerable
            .Range(0, 100)
            .Select(i => $"{new string('a', 60)}{i:000}@{new string('b', 63)}.{new string('c', 63)}.example.com")
            .ToList();

        var filters = EmailFilter.For(emails).ToList();

        Assert.All(filters, filter => Assert.True(filter.Length <= KlaviyoLimits.FilterCharacters));
        Assert.Equal(
            emails,
            filters.SelectMany(filter => Uri.UnescapeDataString(filter)["any(email,[\"".Length..^"\"])".Length].Split("\",\""))
        );
    }
}
