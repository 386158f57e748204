using System.Globalization;

namespace KlaviyoExport.Tests;

public sealed class PluralFormsTests
{
    [Theory]
    [InlineData(0, "profiles", "профила", "perfils")]
    [InlineData(1, "profile", "профил", "perfil")]
    [InlineData(2, "profiles", "профила", "perfils")]
    [InlineData(4, "profiles", "профила", "perfils")]
    [InlineData(5, "profiles", "профила", "perfils")]
    [InlineData(11, "profiles", "профила", "perfils")]
    [InlineData(21, "profiles", "профил", "perfils")]
    [InlineData(22, "profiles", "профила", "perfils")]
    [InlineData(101, "profiles", "профил", "perfils")]
    [InlineData(111, "profiles", "профила", "perfils")]
    public void A_noun_bends_with_its_number(long count, string english, string serbian, string catalan)
    {
        var message = new LocalizedMessage("Connections.LimitOwn", count);

        Assert.Equal($"At most {count} {english} per export", message.In(new CultureInfo("en")));
        Assert.Equal($"Највише {count} {serbian} по извозу", message.In(new CultureInfo("sr-Cyrl")));
        Assert.Equal($"Com a màxim {count} {catalan} per exportació", message.In(new CultureInfo("ca")));
    }

    [Theory]
    [InlineData(0, "Пребројано је 0 чланова.")]
    [InlineData(1, "Пребројан је 1 члан.")]
    [InlineData(2, "Пребројана су 2 члана.")]
    [InlineData(4, "Пребројана су 4 члана.")]
    [InlineData(5, "Пребројано је 5 чланова.")]
    [InlineData(11, "Пребројано је 11 чланова.")]
    [InlineData(12, "Пребројано је 12 чланова.")]
    [InlineData(14, "Пребројано је 14 чланова.")]
    [InlineData(21, "Пребројан је 21 члан.")]
    [InlineData(22, "Пребројана су 22 члана.")]
    [InlineData(25, "Пребројано је 25 чланова.")]
    [InlineData(101, "Пребројан је 101 члан.")]
    [InlineData(111, "Пребројано је 111 чланова.")]
    [InlineData(1_022, "Пребројана су 1.022 члана.")]
    public void A_Serbian_sentence_bends_as_a_whole(long count, string text) =>
        Assert.Equal(text, new LocalizedMessage("Scheduling.Counted", count).In(new CultureInfo("sr-Cyrl")));

    [Theory]
    [InlineData(1, "S’ha comptat 1 membre.")]
    [InlineData(21, "S’han comptat 21 membres.")]
    public void A_Catalan_sentence_bends_as_a_whole(long count, string text) =>
        Assert.Equal(text, new LocalizedMessage("Scheduling.Counted", count).In(new CultureInfo("ca")));

    [Fact]
    public void Each_number_of_a_text_has_its_own_form() =>
        Assert.Equal(
            "1 profile was loaded. 2 malformed rows were left out.",
            new LocalizedMessage("Scheduling.LoadedMalformed", 1, 2).In(new CultureInfo("en"))
        );

    [Fact]
    public void A_message_that_was_stored_bends_as_a_new_one()
    {
        var stored = LocalizedMessage.FromJson("""["Scheduling.Counted",1]""");

        Assert.Equal("1 member was counted.", stored.In(new CultureInfo("en")));
    }

    [Fact]
    public void A_number_that_is_not_shown_has_the_last_form() =>
        Assert.Equal("је у последњих … дана", new LocalizedMessage("Segments.Phrase.InLastDays", "…").In(new CultureInfo("sr-Cyrl")));

    [Fact]
    public void The_words_follow_the_language_and_the_numbers_the_formats() =>
        Assert.Equal(
            "1.001 profiles were loaded.",
            new LocalizedMessage("Scheduling.Loaded", 1_001).Format(new CultureInfo("en"), new CultureInfo("ca-ES"))
        );

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-3, 1)]
    [InlineData(long.MinValue, 2)]
    public void A_negative_number_has_the_form_of_its_size(long number, int form) =>
        Assert.Equal(form, PluralForms.IndexOf(new CultureInfo("sr-Cyrl"), number));
}
