using System.Globalization;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo.Profiles;

public sealed class ProfileWriterTests
{
    [Fact]
    public void Attributes_location_and_properties_are_written_to_their_places() =>
        Assert.Equal(
            """{"type":"profile","attributes":{"email":"ana@example.com","first_name":"Ana","location":{"city":"Niš","zip":"18000"},"properties":{"Tier":"gold"}}}""",
            Write(
                ("properties.Tier", "gold"),
                ("location.zip", "18000"),
                ("first_name", "Ana"),
                ("location.city", "Niš"),
                ("email", "ana@example.com")
            )
        );

    [Fact]
    public void The_order_of_the_mapping_has_no_effect() =>
        Assert.Equal(
            Write(("properties.b", "2"), ("properties.a", "1"), ("title", "Dr"), ("email", "a@b.co")),
            Write(("email", "a@b.co"), ("title", "Dr"), ("properties.a", "1"), ("properties.b", "2"))
        );

    [Fact]
    public void An_empty_value_is_left_out_with_the_object_around_it() =>
        Assert.Equal(
            """{"type":"profile","attributes":{"email":"a@b.co"}}""",
            Write(
                ("email", "a@b.co"),
                ("first_name", ""),
                ("last_name", " \t"),
                ("title", null),
                ("location.city", ""),
                ("properties.x", double.NaN),
                ("properties.y", DBNull.Value)
            )
        );

    [Fact]
    public void A_property_keeps_its_type() =>
        Assert.Equal(
            """{"type":"profile","attributes":{"properties":{"a":1,"b":2.5,"c":true,"d":0.1,"e":"2026-11-22","f":"2026-11-22T10:00:00Z","g":"00000000-0000-0000-0000-000000000000","h":-9223372036854775808}}}""",
            Write(
                ("properties.a", 1),
                ("properties.b", 2.5m),
                ("properties.c", true),
                ("properties.d", 0.1),
                ("properties.e", new DateOnly(2026, 11, 22)),
                ("properties.f", new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc)),
                ("properties.g", Guid.Empty),
                ("properties.h", long.MinValue)
            )
        );

    [Fact]
    public void Klaviyos_own_attributes_are_text() =>
        Assert.Equal(
            """{"type":"profile","attributes":{"external_id":"42","location":{"zip":"1.5","latitude":"44.8"}}}""",
            Write(("external_id", 42L), ("location.zip", 1.5m), ("location.latitude", 44.8))
        );

    [Fact]
    public void Numbers_and_times_read_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new("sr-Cyrl-RS");
            Assert.Equal(
                """{"type":"profile","attributes":{"title":"1.5","properties":{"x":2.5}}}""",
                Write(("title", 1.5), ("properties.x", 2.5))
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Cyrillic_is_not_escaped_and_markup_and_quotes_are()
    {
        var json = Write(("first_name", "Јелена"), ("last_name", "O\"<b>\\\n"));

        Assert.Contains("Јелена", json, StringComparison.Ordinal);
        Assert.Equal("O\"<b>\\\n", JsonDocument.Parse(json).RootElement.GetProperty("attributes").GetProperty("last_name").GetString());
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal(
            "a\ufffdb",
            JsonDocument.Parse(Write(("title", "a\ud800b"))).RootElement.GetProperty("attributes").GetProperty("title").GetString()
        );

    [Fact]
    public void One_writer_writes_row_after_row()
    {
        using var writer = new ProfileWriter([ProfilePath.Email]);

        var first = writer.Write("a@b.co");
        var second = writer.Write("c@d.co");

        Assert.Equal("""{"type":"profile","attributes":{"email":"a@b.co"}}""", Encoding.UTF8.GetString(first));
        Assert.Equal("""{"type":"profile","attributes":{"email":"c@d.co"}}""", Encoding.UTF8.GetString(second));
    }

    [Fact]
    public void A_row_that_cannot_be_written_does_not_affect_later_rows()
    {
        using var writer = new ProfileWriter([ProfilePath.Email]);

        Assert.Throws<ArgumentException>(() => writer.Write(new object()));
        Assert.Equal("""{"type":"profile","attributes":{"email":"a@b.co"}}""", Encoding.UTF8.GetString(writer.Write("a@b.co")));
    }

    [Fact]
    public void Mapping_two_values_to_one_attribute_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ProfileWriter([ProfilePath.Email, ProfilePath.Email]));

    [Fact]
    public void A_row_whose_length_differs_from_the_mapping_is_refused()
    {
        using var writer = new ProfileWriter([ProfilePath.Email]);

        Assert.Throws<ArgumentException>(() => writer.Write("a@b.co", "x"));
    }

    private static string Write(params (string Path, object? Value)[] values)
    {
        using var writer = new ProfileWriter([.. values.Select(value => ProfilePath.Parse(value.Path))]);
        return Encoding.UTF8.GetString(writer.Write([.. values.Select(value => value.Value)]));
    }
}
