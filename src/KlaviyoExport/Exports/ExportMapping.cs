using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Exports;

internal sealed class ExportMapping : IEntityTypeConfiguration<Export>, IEntityTypeConfiguration<Run>
{
    public void Configure(EntityTypeBuilder<Export> builder)
    {
        builder.ToTable("Exports");
        builder.Property(export => export.Name).HasMaxLength(100);
        builder.HasIndex(export => export.Name).IsUnique();
        builder.Property(export => export.OwnerId).HasMaxLength(450);
        builder.Property(export => export.Fields).IsJson();
        builder.Ignore(export => export.FieldsRead);
        builder.Property(export => export.Schedule).IsJson();
        builder.Property(export => export.ListRules).IsJson();
        builder.ComplexProperty(export => export.Audience);
        builder.HasIndex(export => export.NextRunAt);
        builder
            .HasOne(export => export.Connection)
            .WithMany()
            .HasForeignKey(export => export.ConnectionId)
            .OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(export => export.Source).WithMany().HasForeignKey(export => export.SourceId).OnDelete(DeleteBehavior.Restrict);
        // A segment that exports use cannot be deleted.
        builder
            .HasMany(export => export.Segments)
            .WithMany()
            .UsingEntity(
                "ExportSegments",
                right => right.HasOne(typeof(Segment)).WithMany().HasForeignKey("SegmentId").OnDelete(DeleteBehavior.Restrict),
                left => left.HasOne(typeof(Export)).WithMany().HasForeignKey("ExportId").OnDelete(DeleteBehavior.Cascade)
            );
        builder
            .HasMany(export => export.ExcludedSegments)
            .WithMany()
            .UsingEntity(
                "ExportExcludedSegments",
                right => right.HasOne(typeof(Segment)).WithMany().HasForeignKey("SegmentId").OnDelete(DeleteBehavior.Restrict),
                left => left.HasOne(typeof(Export)).WithMany().HasForeignKey("ExportId").OnDelete(DeleteBehavior.Cascade)
            );
        builder.Ignore(export => export.Selection);
    }

    /// <summary>Runs are deleted with their export, although they do not reference it in the model.</summary>
    public void Configure(EntityTypeBuilder<Run> builder) =>
        builder.HasOne<Export>().WithMany().HasForeignKey(run => run.ExportId).OnDelete(DeleteBehavior.Cascade);
}
