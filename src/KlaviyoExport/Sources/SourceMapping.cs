using KlaviyoExport.Data;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Sources;

internal sealed class SourceMapping : IEntityTypeConfiguration<Source>
{
    public void Configure(EntityTypeBuilder<Source> builder)
    {
        builder.ToTable("Sources");
        builder.Property(source => source.Name).HasMaxLength(100);
        builder.HasIndex(source => source.Name).IsUnique();
        builder.Property(source => source.PasswordFrom).IsSecretPlace();
        builder.Property(source => source.KeyColumns).IsJson();
        builder.Property(source => source.Fields).IsJson(SourceSamples.WithoutValues);
        builder.Property(source => source.KeptFields).IsJson();
        builder.Property(source => source.Formats).IsJson().HasDefaultValueSql("'[]'");
        builder.Property(source => source.MalformedRows).IsJson();
        builder.Property(source => source.Drift).IsJson();
        builder.Property(source => source.Server).IsJson();
        builder.Property(source => source.Remote).IsJson();
        builder.Property(source => source.RemoteLoad).IsJson();
        builder.Property(source => source.Dialect).IsJson();
        builder.Property(source => source.Repairs).IsJson();
        builder.Property(source => source.Repairs).HasDefaultValueSql("'[]'");
    }
}
